------------------------- MODULE RecencyByEpochAlone ------------------------
(* Wrong: A leader refuses a follower for a larger epoch alone, and does not compare how far they *)
(* got in the same one.                                                                           *)
(* Violates DeliveredSurvives: s1 delivers a transaction with s2; s3, which was with them and     *)
(* does not have it, leads the next epoch.                                                        *)
EXTENDS ReignsHistory

BrokenReceiveAckEpoch(l, f) ==
  /\ Arrives(l, f, "ACKEPOCH")
  /\ LearnerAt(l, f, {"EPOCH"})
  /\ LET answer   == Head(messages[f][l])
         counts   == answer.epoch # NotCounted
         waiting  == phase[l] = "DISCOVERY"
         complete == Quorum(gathered[l])
         ahead    == answer.epoch > currentEpoch[l]
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
