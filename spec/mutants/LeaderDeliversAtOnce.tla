------------------------ MODULE LeaderDeliversAtOnce ------------------------
(* Wrong: a leader delivers what it proposes, before anyone has it.                                 *)
(* Violates CommittedPrefixesAgree: s1 alone delivers a transaction; s2, which never had it, leads  *)
(* the next epoch, and delivers another one in its place.                                         *)
EXTENDS Reigns

BrokenPropose(l, v) ==
  /\ role[l] = "LEADING"
  /\ phase[l] = "BROADCAST"
  /\ LET last == LastZxid(history[l])
         zxid == Zxid(acceptedEpoch[l],
                      IF last.epoch = acceptedEpoch[l] THEN last.counter + 1 ELSE 1)
         txn  == [zxid |-> zxid, value |-> v]
     IN /\ history' = [history EXCEPT ![l] = Append(@, txn)]
        /\ Send(l, [f \in Server |-> IF learner[l][f].stage \in {"SYNC", "ACKED"}
                                     THEN <<Proposal(txn)>> ELSE <<>>])
  /\ committed' = [committed EXCEPT ![l] = @ + 1]
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, durable, cutTail, role, phase, leader,
                 following, leading>>
=============================================================================
