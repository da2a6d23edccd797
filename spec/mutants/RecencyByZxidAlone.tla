------------------------- MODULE RecencyByZxidAlone -------------------------
(* Wrong: A leader refuses a follower for a larger last zxid alone, and does not ask which epoch  *)
(* it has taken part in.                                                                          *)
(* Violates PrimaryIntegrity: s1 has a transaction of the first epoch; s2 leads the second        *)
(* without it, and broadcasts; s1 leads s3, which was with s2 and has nothing, and delivers its   *)
(* own.                                                                                           *)
EXTENDS ReignsHistory

BrokenReceiveAckEpoch(l, f) ==
  /\ Arrives(l, f, "ACKEPOCH")
  /\ LearnerAt(l, f, {"EPOCH"})
  /\ LET answer   == Head(messages[f][l])
         counts   == answer.epoch # NotCounted
         waiting  == phase[l] = "DISCOVERY"
         complete == Quorum(gathered[l])
         ahead    == ZxidLess(LastZxid(history[l]), answer.zxid)
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
