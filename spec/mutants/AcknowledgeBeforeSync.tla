----------------------- MODULE AcknowledgeBeforeSync -----------------------
(* Wrong: a follower acknowledges a proposal when it has appended it, not when the disk has it.   *)
(* Violates CommittedIsDurable: the leader syncs its own copy, hears the acknowledgement, and      *)
(* commits what a crash of the follower takes away.                                               *)
EXTENDS quick

BrokenReceiveProposal(f, l) ==
  /\ Arrives(f, l, "PROPOSAL")
  /\ FollowerAt(f, {"SYNC", "NEWLEADER", "ACKED", "ACTIVE"})
  /\ history' = [history EXCEPT ![f] = Append(@, Head(messages[l][f]).txn)]
  /\ IF stage[f] = "ACTIVE"
     THEN Reply(f, l, To(l, <<Ack(Head(messages[l][f]).txn.zxid)>>))
     ELSE Receive(f, l)
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, durable, cutTail, role, phase, leader, committed,
                 following, leading>>
=============================================================================
