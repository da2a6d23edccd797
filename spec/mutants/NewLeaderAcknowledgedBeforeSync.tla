------------------ MODULE NewLeaderAcknowledgedBeforeSync ------------------
(* Wrong: a follower acknowledges NEWLEADER with its history appended, but not yet on disk         *)
(* (ZOOKEEPER-4646, and again 4785: the syncing was left to another thread).                      *)
(* Violates CommittedIsDurable: the leader of the second epoch brings a transaction of the first  *)
(* with it, takes the acknowledgement for a copy on disk, and commits.                            *)
EXTENDS quick

BrokenStoreCurrentEpoch(s) ==
  /\ \/ /\ role[s] = "LEADING"
        /\ phase[s] = "DISCOVERY"
        /\ Quorum(gathered[s])
        /\ phase' = [phase EXCEPT ![s] = "SYNCHRONIZATION"]
        /\ gathered' = [gathered EXCEPT ![s] = {s}]
        /\ learner' = [learner EXCEPT ![s] =
                        [f \in Server |-> IF @[f].stage = "WAITING" THEN AtStage("SYNC") ELSE @[f]]]
        /\ Send(s, [f \in Server |-> IF learner[s][f].stage = "WAITING"
                                     THEN CatchUp(s, learner[s][f].lastZxid, Len(history[s]))
                                     ELSE <<>>])
        /\ UNCHANGED <<stage, newLeaderAt>>
     \/ /\ FollowerAt(s, {"NEWLEADER"})
        /\ stage' = [stage EXCEPT ![s] = "ACKED"]
        /\ newLeaderAt' = [newLeaderAt EXCEPT ![s] = -1]
        /\ Send(s, To(leader[s], <<Ack(Zxid(acceptedEpoch[s], 0))>>))
        /\ UNCHANGED <<phase, gathered, learner>>
  /\ currentEpoch' = [currentEpoch EXCEPT ![s] = acceptedEpoch[s]]
  /\ UNCHANGED <<acceptedEpoch, log, role, leader, committed, pendingCommit, proposedEpoch, acked>>
=============================================================================
