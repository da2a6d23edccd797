----------------- MODULE ProposalsMissedWhileSynchronizing -----------------
(* Wrong: a leader sends a proposal only to those who have acknowledged NEWLEADER, not to those    *)
(* whom it has sent it; who is still synchronizing misses it.                                     *)
(* Violates HistoriesMatch: a follower that comes back gets the second transaction, but not the   *)
(* first.                                                                                         *)
EXTENDS quick

BrokenPropose(l, v) ==
  /\ role[l] = "LEADING"
  /\ phase[l] = "BROADCAST"
  /\ LET last == LastZxid(history[l])
         zxid == Zxid(acceptedEpoch[l],
                      IF last.epoch = acceptedEpoch[l] THEN last.counter + 1 ELSE 1)
         txn  == [zxid |-> zxid, value |-> v]
     IN /\ history' = [history EXCEPT ![l] = Append(@, txn)]
        /\ Send(l, [f \in Server |-> IF learner[l][f].stage = "ACKED"
                                     THEN <<Proposal(txn)>> ELSE <<>>])
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, durable, cutTail, role, phase, leader, committed,
                 following, leading>>
=============================================================================
