--------------------- MODULE OldAcknowledgementCounted ---------------------
(* Wrong: a leader counts an acknowledgement of NEWLEADER without looking at its epoch, and still    *)
(* gets one that was sent to it in an earlier reign.                                              *)
(* Violates CommittedIsDurable: the second acknowledgement that s2 sent in the first epoch          *)
(* completes, in the second, a quorum for a history of which s2 has nothing.                      *)
EXTENDS Reigns

\* What is on the way to a server that gives its role up is gone, but for acknowledgements.
BrokenClosedAll(msgs, b) ==
  [a \in Server |-> [msgs[a] EXCEPT ![b] = SelectSeq(@, LAMBDA m : m.type = "ACK")]]

BrokenReceiveAck(l, f) ==
  /\ Arrives(l, f, "ACK")
  /\ role[l] = "LEADING"
  /\ LET zxid        == Head(messages[f][l]).zxid
         ofNewLeader == zxid.counter = 0
         first       == /\ ofNewLeader
                        /\ learner[l][f].stage = "SYNC" \/ phase[l] = "SYNCHRONIZATION"
         heard       == gathered[l] \cup {f}
         joined      == [learner[l] EXCEPT ![f] = IF @.stage = "SYNC" THEN AtStage("ACKED") ELSE @]
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
           /\ Reply(l, f, [g \in Server |-> IF joined[g].stage = "ACKED"
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
