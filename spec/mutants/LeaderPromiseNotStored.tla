----------------------- MODULE LeaderPromiseNotStored -----------------------
(* Wrong: A leader proposes its epoch to others before it has stored it as accepted               *)
(* (ZOOKEEPER-1291).                                                                              *)
(* Violates EpochsNeverGoBack: it crashes before it goes on, and has forgotten the epoch that     *)
(* others have accepted from it.                                                                  *)
EXTENDS history

BrokenCrashes(s, h) ==
  /\ history' = [history EXCEPT ![s] = h]
  /\ cutTail' = [cutTail EXCEPT ![s] = <<>>]
  /\ committed' = [committed EXCEPT ![s] = 0]
  /\ acceptedEpoch' = [acceptedEpoch EXCEPT ![s] = IF role[s] = "LEADING" THEN currentEpoch[s] ELSE @]
  /\ BecomeLooking(s)
  /\ messages' = ClosedAll(messages, s)
  /\ UNCHANGED <<currentEpoch, durable>>
=============================================================================
