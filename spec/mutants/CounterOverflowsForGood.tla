----------------------- MODULE CounterOverflowsForGood ----------------------
(* Wrong: When the counter of its zxids is used up, a leader goes on counting in the epoch        *)
(* (ZOOKEEPER-1277).  Here the counter ends at 1.                                                 *)
(* Violates ProposedIsCommitted: the acknowledgement of a transaction with the counter 0 passes   *)
(* for one of NEWLEADER, and the ensemble commits nothing more.                                   *)
EXTENDS progress

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
