------------------------ MODULE CommitAfterDiscovery ------------------------
(* Wrong: a leader delivers its initial history when a quorum has accepted its epoch, not when a   *)
(* quorum has taken that history over.                                                            *)
(* Violates CommittedIsDurable: the leader of the second epoch delivers a transaction of the      *)
(* first that nobody else ever had.                                                               *)
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
        /\ committed' = [committed EXCEPT ![s] = Len(history[s])]
        /\ UNCHANGED <<stage, newLeaderAt>>
     \/ /\ FollowerAt(s, {"NEWLEADER"})
        /\ durable[s] >= newLeaderAt[s]
        /\ cutTail[s] = <<>>
        /\ stage' = [stage EXCEPT ![s] = "ACKED"]
        /\ newLeaderAt' = [newLeaderAt EXCEPT ![s] = -1]
        /\ Send(s, To(leader[s], <<Ack(Zxid(acceptedEpoch[s], 0))>>))
        /\ UNCHANGED <<phase, gathered, learner, committed>>
  /\ currentEpoch' = [currentEpoch EXCEPT ![s] = acceptedEpoch[s]]
  /\ UNCHANGED <<acceptedEpoch, log, role, leader, pendingCommit, proposedEpoch, acked>>
=============================================================================
