--------------------------- MODULE ProposalTwice ---------------------------
(* Wrong: a follower that is being brought up to date appends each proposal twice.                *)
(* Violates HistoriesAscend: a zxid stands twice in its log.                                      *)
EXTENDS quick

BrokenReceiveProposal(f, l) ==
  /\ Arrives(f, l, "PROPOSAL")
  /\ FollowerAt(f, {"SYNC", "NEWLEADER", "ACKED", "ACTIVE"})
  /\ LET txn == Head(messages[l][f]).txn
     IN history' = [history EXCEPT ![f] = IF stage[f] = "SYNC" THEN @ \o <<txn, txn>>
                                                               ELSE Append(@, txn)]
  /\ Receive(f, l)
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, durable, cutTail, role, phase, leader, committed,
                 following, leading>>
=============================================================================
