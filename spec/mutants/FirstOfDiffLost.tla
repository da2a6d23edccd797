--------------------------- MODULE FirstOfDiffLost --------------------------
(* Wrong: Of what a learner lacks, a leader leaves out the first transaction.                     *)
(* Violates TotalOrder: the leader delivers two transactions, a follower that comes back the      *)
(* second alone.                                                                                  *)
EXTENDS history

BrokenCatchUp(l, z, upTo) ==
  LET h      == history[l]
      n      == CountUpTo(h, z)
      header == IF ZxidAt(h, n) = z                  THEN <<Diff>>
                ELSE IF ZxidAt(h, n).epoch = z.epoch THEN <<Trunc(ZxidAt(h, n))>>
                                                     ELSE <<Snap(h)>>
      start  == IF header[1].type = "SNAP" THEN Len(h) ELSE n
  IN header
     \o [i \in 1 .. Len(h) - start - 1 |-> Proposal(h[start + i + 1])]
     \o (IF upTo = 0 THEN <<>> ELSE <<Commit(ZxidAt(h, upTo))>>)
     \o <<NewLeader(acceptedEpoch[l])>>
=============================================================================
