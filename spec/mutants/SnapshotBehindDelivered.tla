---------------------- MODULE SnapshotBehindDelivered -----------------------
(* Wrong: SNAP carries what the leader has delivered since it started, and the learner takes that  *)
(* by itself; the rest of the history follows as proposals.                                       *)
(* Violates Receptive: s3 has delivered a transaction that s2, started again since, has in its     *)
(* log only; the snapshot lacks it.                                                               *)
EXTENDS Reigns

BrokenCatchUp(l, z, upTo) ==
  LET h      == history[l]
      n      == CountUpTo(h, z)
      header == IF ZxidAt(h, n) = z                  THEN <<Diff>>
                ELSE IF ZxidAt(h, n).epoch = z.epoch THEN <<Trunc(ZxidAt(h, n))>>
                                                     ELSE <<Snap(Prefix(h, committed[l]))>>
      start  == IF header[1].type = "SNAP" THEN committed[l] ELSE n
  IN header
     \o [i \in 1 .. Len(h) - start |-> Proposal(h[start + i])]
     \o (IF upTo = 0 THEN <<>> ELSE <<Commit(ZxidAt(h, upTo))>>)
     \o <<NewLeader(acceptedEpoch[l])>>
=============================================================================
