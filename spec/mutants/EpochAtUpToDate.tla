-------------------------- MODULE EpochAtUpToDate --------------------------
(* Wrong: a follower stores currentEpoch when UPTODATE comes, not before it acknowledges NEWLEADER  *)
(* (ZOOKEEPER-1282).                                                                              *)
(* Violates CommittedSurvives: s2 has a transaction of the first epoch, which s1, leader of the    *)
(* second, never had.  In the third, s2 commits it with s3, which acknowledges and leaves before   *)
(* UPTODATE.  For s1, whose epoch is larger than the one that s3 has stored, s3 is not ahead, and  *)
(* s1 leads the fourth without the transaction.                                                   *)
EXTENDS Reigns

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
        /\ durable[s] >= newLeaderAt[s]
        /\ cutTail[s] = <<>>
        /\ stage' = [stage EXCEPT ![s] = "ACKED"]
        /\ newLeaderAt' = [newLeaderAt EXCEPT ![s] = -1]
        /\ Send(s, To(leader[s], <<Ack(Zxid(acceptedEpoch[s], 0))>>))
        /\ UNCHANGED <<phase, gathered, learner>>
  /\ currentEpoch' = [currentEpoch EXCEPT ![s] =
                      IF role[s] = "LEADING" THEN acceptedEpoch[s] ELSE @]
  /\ UNCHANGED <<acceptedEpoch, log, role, leader, committed, pendingCommit, proposedEpoch, acked>>

BrokenReceiveUpToDate(f, l) ==
  /\ Arrives(f, l, "UPTODATE")
  /\ FollowerAt(f, {"ACKED"})
  /\ phase' = [phase EXCEPT ![f] = "BROADCAST"]
  /\ stage' = [stage EXCEPT ![f] = "ACTIVE"]
  /\ committed' = [committed EXCEPT ![f] = Max(@, pendingCommit[f])]
  /\ pendingCommit' = [pendingCommit EXCEPT ![f] = 0]
  /\ currentEpoch' = [currentEpoch EXCEPT ![f] = acceptedEpoch[f]]
  /\ LET last == ZxidAt(history[f], durable[f])
     IN Reply(f, l, To(l, <<Ack(Zxid(acceptedEpoch[f], 0))>>
                          \o (IF last.epoch = acceptedEpoch[f] THEN <<Ack(last)>> ELSE <<>>)))
  /\ UNCHANGED <<acceptedEpoch, log, role, leader, newLeaderAt, leading>>
=============================================================================
