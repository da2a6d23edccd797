--------------------- MODULE AcknowledgesMoreThanSynced ---------------------
(* Wrong: When a sync ends, a follower acknowledges all that it has appended by then, not what    *)
(* the sync covers.                                                                               *)
(* Violates DeliveredIsDurable: the leader delivers the second transaction, which is on its own   *)
(* disk alone.                                                                                    *)
EXTENDS history

BrokenSync(s, k) ==
  /\ k \in durable[s] .. Len(history[s])
  /\ k > durable[s] \/ cutTail[s] # <<>>
  /\ durable' = [durable EXCEPT ![s] = k]
  /\ cutTail' = [cutTail EXCEPT ![s] = <<>>]
  /\ \/ /\ role[s] = "LEADING" /\ phase[s] = "BROADCAST"
        /\ LET n == QuorumHas(s, k, acked[s])
           IN /\ committed' = [committed EXCEPT ![s] = n]
              /\ Send(s, CommitTo(s, n))
     \/ /\ role[s] = "FOLLOWING" /\ phase[s] = "BROADCAST"
        /\ Send(s, To(leader[s], <<Ack(LastZxid(history[s]))>>))
        /\ UNCHANGED committed
     \/ /\ phase[s] # "BROADCAST"
        /\ UNCHANGED <<committed, messages>>
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, history, role, phase, leader, following, leading>>
=============================================================================
