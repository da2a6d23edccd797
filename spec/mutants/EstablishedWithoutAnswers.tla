---------------------- MODULE EstablishedWithoutAnswers ---------------------
(* Wrong: A leader goes on to synchronize when it has proposed its epoch, and does not wait for a *)
(* quorum that accepts it.                                                                        *)
(* Violates DeliversTheSameAgain: s2 delivered a transaction and crashed; s3, which has nothing,  *)
(* leads it, and s2 delivers another one in its place.                                            *)
EXTENDS ReignsHistory

BrokenStoreCurrentEpoch(s) ==
  /\ \/ /\ role[s] = "LEADING"
        /\ phase[s] = "DISCOVERY"
        /\ acceptedEpoch[s] = proposedEpoch[s]
        /\ phase' = [phase EXCEPT ![s] = "SYNCHRONIZATION"]
        /\ gathered' = [gathered EXCEPT ![s] = {s}]
        /\ learner' = [learner EXCEPT ![s] =
                        [f \in Server |-> IF @[f].stage = "WAITING" THEN AtStage("SYNC") ELSE @[f]]]
        /\ Send(s, [f \in Server |-> IF learner[s][f].stage = "WAITING"
                                     THEN CatchUp(s, learner[s][f].lastZxid, Len(history[s]))
                                     ELSE <<>>])
        /\ UNCHANGED <<stage, newLeaderAt>>
     \/ /\ FollowerAt(s, {"NEWLEADER"})
        /\ durable[s] >= newLeaderAt[s]
        /\ cutTail[s] = <<>>
        /\ stage' = [stage EXCEPT ![s] = "ACKED"]
        /\ newLeaderAt' = [newLeaderAt EXCEPT ![s] = -1]
        /\ Send(s, To(leader[s], <<Ack(Zxid(acceptedEpoch[s], 0))>>))
        /\ UNCHANGED <<phase, gathered, learner>>
  /\ currentEpoch' = [currentEpoch EXCEPT ![s] = acceptedEpoch[s]]
  /\ UNCHANGED <<acceptedEpoch, log, role, leader, committed, pendingCommit, proposedEpoch, acked>>

\* Those who follow s3 have crashed since they delivered anything.
Restarted == role[Second] = "LEADING" /\ phase[Second] # "BROADCAST" => \A s \in WithSecond : committed[s] = 0
=============================================================================
