-------------------------- MODULE PromiseNotStored --------------------------
(* Wrong: a server answers LEADERINFO before it has stored acceptedEpoch, and a crash takes it.     *)
(* Violates OneLeaderAnEpoch: s3 promises the first epoch to s1, crashes, and promises it to s2.   *)
EXTENDS Rivalry

BrokenCrashes(s, h) ==
  /\ history' = [history EXCEPT ![s] = h]
  /\ cutTail' = [cutTail EXCEPT ![s] = <<>>]
  /\ committed' = [committed EXCEPT ![s] = 0]
  /\ acceptedEpoch' = [acceptedEpoch EXCEPT ![s] = currentEpoch[s]]
  /\ BecomeLooking(s)
  /\ messages' = ClosedAll(messages, s)
  /\ UNCHANGED <<currentEpoch, durable>>
=============================================================================
