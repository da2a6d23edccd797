--------------------------- MODULE UpToDateMissed ---------------------------
(* Wrong: A leader that has its quorum sends UPTODATE to those who had acknowledged NEWLEADER     *)
(* before, not to the one that completed the quorum.                                              *)
(* Violates LeaderStays: that follower waits for ever.                                            *)
EXTENDS progress

BrokenReceiveAck(l, f) ==
  /\ Arrives(l, f, "ACK")
  /\ LearnerAt(l, f, {"SYNC", "ACKED"})
  /\ LET zxid        == Head(messages[f][l]).zxid
         ofNewLeader == zxid.counter = 0
         first       == ofNewLeader /\ learner[l][f].stage = "SYNC"
         heard       == gathered[l] \cup {f}
         joined      == [learner[l] EXCEPT ![f] = AtStage("ACKED")]
         acks        == [acked[l] EXCEPT ![f] = IF ZxidLess(@, zxid) THEN zxid ELSE @]
         n           == QuorumHas(l, durable[l], acks)
     IN \/ /\ first /\ phase[l] = "SYNCHRONIZATION" /\ ~Quorum(heard)
           /\ gathered' = [gathered EXCEPT ![l] = heard]
           /\ learner' = [learner EXCEPT ![l] = joined]
           /\ Receive(l, f)
           /\ UNCHANGED <<phase, committed, acked>>
        \/ /\ first /\ phase[l] = "SYNCHRONIZATION" /\ Quorum(heard)
           /\ phase' = [phase EXCEPT ![l] = "BROADCAST"]
           /\ committed' = [committed EXCEPT ![l] = Len(history[l])]
           /\ gathered' = [gathered EXCEPT ![l] = {}]
           /\ learner' = [learner EXCEPT ![l] = joined]
           /\ Reply(l, f, [g \in Server |-> IF learner[l][g].stage = "ACKED"
                                            THEN <<UpToDate>> ELSE <<>>])
           /\ UNCHANGED acked
        \/ /\ first /\ phase[l] = "BROADCAST"
           /\ learner' = [learner EXCEPT ![l] = joined]
           /\ Reply(l, f, To(f, <<UpToDate>>))
           /\ UNCHANGED <<phase, committed, gathered, acked>>
        \/ /\ ofNewLeader /\ ~first
           /\ Receive(l, f)
           /\ UNCHANGED <<phase, committed, gathered, learner, acked>>
        \/ /\ ~ofNewLeader
           /\ acked' = [acked EXCEPT ![l] = acks]
           /\ committed' = [committed EXCEPT ![l] = n]
           /\ Reply(l, f, CommitTo(l, n))
           /\ UNCHANGED <<phase, gathered, learner>>
  /\ UNCHANGED <<persistent, role, leader, following, proposedEpoch>>
=============================================================================
