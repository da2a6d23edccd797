------------------------- MODULE LeaderSaysOtherwise ------------------------
(* Wrong: A leader proposes to its followers another value than it appends to its own log.        *)
(* Violates Integrity: the follower delivers a transaction that nobody broadcast.                 *)
EXTENDS history

Another(v) == CHOOSE w \in Value : w # v

BrokenPropose(l, v) ==
  /\ role[l] = "LEADING"
  /\ phase[l] = "BROADCAST"
  /\ LET last == LastZxid(history[l])
         zxid == Zxid(acceptedEpoch[l],
                      IF last.epoch = acceptedEpoch[l] THEN last.counter + 1 ELSE 1)
         txn  == [zxid |-> zxid, value |-> v]
     IN /\ history' = [history EXCEPT ![l] = Append(@, txn)]
        /\ Send(l, [f \in Server |-> IF learner[l][f].stage \in {"SYNC", "ACKED"}
                                     THEN <<Proposal([txn EXCEPT !.value = Another(v)])>> ELSE <<>>])
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, durable, cutTail, role, phase, leader, committed,
                 following, leading>>
=============================================================================
