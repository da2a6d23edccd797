------------------------- MODULE SnapshotKeepsTail -------------------------
(* Wrong: a learner that is sent a snapshot keeps the transactions that the snapshot lacks.         *)
(* Violates HistoriesMatch: s1 puts the transactions of the new epoch behind one of the old epoch  *)
(* that the new leader never had.                                                                 *)
EXTENDS Reigns

BrokenReceiveSnap(f, l) ==
  /\ Arrives(f, l, "SNAP")
  /\ FollowerAt(f, {"EPOCH"})
  /\ stage' = [stage EXCEPT ![f] = "SYNC"]
  /\ LET h == Head(messages[l][f]).history
         n == Common(history[f], h)
     IN Replace(f, Len(history[f]), Suffix(h, n))
  /\ Receive(f, l)
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, role, phase, leader, committed, newLeaderAt,
                 pendingCommit, leading>>
=============================================================================
