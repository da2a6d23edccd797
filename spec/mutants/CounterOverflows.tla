-------------------------- MODULE CounterOverflows --------------------------
(* Wrong: when the counter of its zxids is used up, a leader goes on counting in the epoch, where   *)
(* it should give its role up (ZOOKEEPER-1277).  Here the counter ends at 1.                      *)
(* Violates Receptive: followers are sent a proposal of an epoch that they have not accepted, whose *)
(* acknowledgement, with the counter 0, would be taken for that of NEWLEADER.                      *)
EXTENDS quick

LastCounter == 1

BrokenPropose(l, v) ==
  /\ role[l] = "LEADING"
  /\ phase[l] = "BROADCAST"
  /\ LET last == LastZxid(history[l])
         zxid == IF last.epoch < acceptedEpoch[l] THEN Zxid(acceptedEpoch[l], 1)
                 ELSE IF last.counter < LastCounter THEN Zxid(last.epoch, last.counter + 1)
                                                    ELSE Zxid(last.epoch + 1, 0)
         txn  == [zxid |-> zxid, value |-> v]
     IN /\ history' = [history EXCEPT ![l] = Append(@, txn)]
        /\ Send(l, [f \in Server |-> IF learner[l][f].stage \in {"SYNC", "ACKED"}
                                     THEN <<Proposal(txn)>> ELSE <<>>])
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, durable, cutTail, role, phase, leader, committed,
                 following, leading>>
=============================================================================
