----------------------- MODULE FollowerAheadNotRefused -----------------------
(* Wrong: a leader counts a follower whose history is more recent than its own.                     *)
(* Violates CommittedSurvives: s3, which has nothing, leads s2, which has what s1 delivered.      *)
EXTENDS Reigns

BrokenReceiveAckEpoch(l, f) ==
  /\ Arrives(l, f, "ACKEPOCH")
  /\ LearnerAt(l, f, {"EPOCH"})
  /\ LET answer   == Head(messages[f][l])
         counts   == answer.epoch # NotCounted
         waiting  == phase[l] = "DISCOVERY"
         complete == Quorum(gathered[l])
     IN \/ /\ waiting
           /\ gathered' = [gathered EXCEPT ![l] = IF counts /\ ~complete THEN @ \cup {f} ELSE @]
           /\ learner' = [learner EXCEPT ![l][f] = [stage |-> "WAITING", lastZxid |-> answer.zxid]]
           /\ Receive(l, f)
        \/ /\ ~waiting
           /\ learner' = [learner EXCEPT ![l][f] = AtStage("SYNC")]
           /\ Reply(l, f, To(f, CatchUp(l, answer.zxid,
                                        IF phase[l] = "BROADCAST" THEN committed[l]
                                                                  ELSE Len(history[l]))))
           /\ UNCHANGED gathered
  /\ UNCHANGED <<persistent, role, phase, leader, committed, following, proposedEpoch, acked>>

\* s2 does not hear that it is committed; and all is said when s3 is established.
Unheard == (\A s \in WithFirst : committed[s] = 0) /\ ~Established(Second)
=============================================================================
