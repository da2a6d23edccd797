------------------------ MODULE SecondAnswerCounted ------------------------
(* Wrong: a follower that had accepted the epoch before counts towards the quorum that accepts it   *)
(* now.                                                                                           *)
(* Violates OneLeaderAnEpoch: s3 accepts the first epoch from s1, and then the same from s2.      *)
EXTENDS Rivalry

BrokenReceiveAckEpoch(l, f) ==
  /\ Arrives(l, f, "ACKEPOCH")
  /\ LearnerAt(l, f, {"EPOCH"})
  /\ LET answer   == Head(messages[f][l])
         counts   == TRUE
         waiting  == phase[l] = "DISCOVERY"
         complete == Quorum(gathered[l])
         ahead    == \/ answer.epoch > currentEpoch[l]
                     \/ /\ answer.epoch = currentEpoch[l]
                        /\ ZxidLess(LastZxid(history[l]), answer.zxid)
     IN \/ /\ waiting /\ ~complete /\ ahead
           /\ learner' = [learner EXCEPT ![l][f] = NoLearner]
           /\ messages' = Closed(messages, f, l)
           /\ UNCHANGED gathered
        \/ /\ waiting /\ (complete \/ ~ahead)
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
=============================================================================
