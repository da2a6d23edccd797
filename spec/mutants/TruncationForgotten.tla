------------------------ MODULE TruncationForgotten ------------------------
(* Wrong: a learner whose tail must be cut off is sent DIFF, and keeps the tail.                    *)
(* Violates HistoriesMatch: s1 has a second transaction that s2, the next leader, never had, and   *)
(* puts the first one of the new epoch behind it.                                                 *)
EXTENDS Reigns

BrokenCatchUp(l, z, upTo) ==
  LET h      == history[l]
      n      == CountUpTo(h, z)
      header == IF ZxidAt(h, n) = z                  THEN <<Diff>>
                ELSE IF ZxidAt(h, n).epoch = z.epoch THEN <<Diff>>
                                                     ELSE <<Snap(h)>>
      start  == IF header[1].type = "SNAP" THEN Len(h) ELSE n
  IN header
     \o [i \in 1 .. Len(h) - start |-> Proposal(h[start + i])]
     \o (IF upTo = 0 THEN <<>> ELSE <<Commit(ZxidAt(h, upTo))>>)
     \o <<NewLeader(acceptedEpoch[l])>>

\* s1 is cut off from s2 when it has two transactions and s2 one; all of it is on disk.
Apart == Latest = 2 => /\ Len(history[First]) > 1 \/ stage[First] \in {"SYNC", "NEWLEADER", "ACKED", "ACTIVE"}
                       /\ CountUpTo(history[Second], Zxid(1, 2)) = 1
                       /\ Len(history[Second]) > 1 => stage[First] = "ACTIVE"
=============================================================================
