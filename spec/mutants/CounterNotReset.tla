--------------------------- MODULE CounterNotReset --------------------------
(* Wrong: The first leader of a new epoch goes on with the counter of the old one.                *)
(* Violates DeliversWithoutGaps: the transactions of the second epoch begin with counter 2.       *)
EXTENDS ReignsHistory

BrokenPropose(l, v) ==
  /\ role[l] = "LEADING"
  /\ phase[l] = "BROADCAST"
  /\ LET last == LastZxid(history[l])
         zxid == Zxid(acceptedEpoch[l],
                      last.counter + 1)
         txn  == [zxid |-> zxid, value |-> v]
     IN /\ history' = [history EXCEPT ![l] = Append(@, txn)]
        /\ Send(l, [f \in Server |-> IF learner[l][f].stage \in {"SYNC", "ACKED"}
                                     THEN <<Proposal(txn)>> ELSE <<>>])
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, durable, cutTail, role, phase, leader, committed,
                 following, leading>>
=============================================================================
