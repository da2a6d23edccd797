------------------------- MODULE EpochBeforeHistory -------------------------
(* Wrong: a follower stores currentEpoch when NEWLEADER comes, before its history is on disk       *)
(* (ZOOKEEPER-4643).                                                                              *)
(* Violates CommittedSurvives: s1 commits a transaction with s2, which leads the next epoch; s3   *)
(* stores that epoch and crashes before it has the transaction on its disk.  It now passes for     *)
(* the more recent one in front of s1, and leads an epoch without the transaction.                 *)
EXTENDS Reigns

BrokenReceiveNewLeader(f, l) ==
  /\ Arrives(f, l, "NEWLEADER")
  /\ FollowerAt(f, {"SYNC"})
  /\ stage' = [stage EXCEPT ![f] = "NEWLEADER"]
  /\ newLeaderAt' = [newLeaderAt EXCEPT ![f] = Len(history[f])]
  /\ currentEpoch' = [currentEpoch EXCEPT ![f] = acceptedEpoch[f]]
  /\ Receive(f, l)
  /\ UNCHANGED <<acceptedEpoch, log, role, phase, leader, committed, pendingCommit, leading>>
=============================================================================
