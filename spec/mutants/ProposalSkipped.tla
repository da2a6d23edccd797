--------------------------- MODULE ProposalSkipped --------------------------
(* Wrong: A follower that is still writing does not append the next proposal, and goes on with    *)
(* the one after it.                                                                              *)
(* Violates LocalPrimaryOrder: it delivers the second transaction of the epoch without the first. *)
EXTENDS history

BrokenReceiveProposal(f, l) ==
  /\ Arrives(f, l, "PROPOSAL")
  /\ FollowerAt(f, {"SYNC", "NEWLEADER", "ACKED", "ACTIVE"})
  /\ history' = [history EXCEPT ![f] = IF newLeaderAt[f] >= 0 THEN @ ELSE Append(@, Head(messages[l][f]).txn)]
  /\ Receive(f, l)
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, durable, cutTail, role, phase, leader, committed,
                 following, leading>>
=============================================================================
