---------------- MODULE ProposalAcknowledgedBeforeNewLeader ----------------
(* Wrong: a follower acknowledges transactions that it syncs before it has acknowledged NEWLEADER   *)
(* (ZOOKEEPER-4685); a leader that gets such an acknowledgement shuts down, and with it the        *)
(* ensemble, for nothing.                                                                         *)
(* Violates Receptive: the leader expects the acknowledgement of NEWLEADER first.  No safety is   *)
(* lost.                                                                                          *)
EXTENDS quick

BrokenSync(s, k) ==
  /\ k \in durable[s] .. Len(history[s])
  /\ k > durable[s] \/ cutTail[s] # <<>>
  /\ durable' = [durable EXCEPT ![s] = k]
  /\ cutTail' = [cutTail EXCEPT ![s] = <<>>]
  /\ \/ /\ role[s] = "LEADING" /\ phase[s] = "BROADCAST"
        /\ LET n == QuorumHas(s, k, acked[s])
           IN /\ committed' = [committed EXCEPT ![s] = n]
              /\ Send(s, CommitTo(s, n))
     \/ /\ FollowerAt(s, {"NEWLEADER", "ACKED", "ACTIVE"})
        /\ Send(s, To(leader[s], <<Ack(ZxidAt(history[s], k))>>))
        /\ UNCHANGED committed
     \/ /\ phase[s] # "BROADCAST" /\ ~FollowerAt(s, {"NEWLEADER", "ACKED"})
        /\ UNCHANGED <<committed, messages>>
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, history, role, phase, leader, following, leading>>
=============================================================================
