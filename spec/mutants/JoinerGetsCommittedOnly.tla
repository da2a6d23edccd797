---------------------- MODULE JoinerGetsCommittedOnly ----------------------
(* Wrong: who joins while the leader broadcasts is brought up to what is committed, and never gets   *)
(* the proposals that are under way.                                                              *)
(* Violates HistoriesMatch: a follower that comes back gets the second transaction, but not the    *)
(* first, which was not committed yet.                                                            *)
EXTENDS quick

BrokenCatchUp(l, z, upTo) ==
  LET h      == history[l]
      n      == CountUpTo(h, z)
      header == IF ZxidAt(h, n) = z                  THEN <<Diff>>
                ELSE IF ZxidAt(h, n).epoch = z.epoch THEN <<Trunc(ZxidAt(h, n))>>
                                                     ELSE <<Snap(h)>>
      start  == IF header[1].type = "SNAP" THEN Len(h) ELSE n
  IN header
     \o [i \in 1 .. upTo - start |-> Proposal(h[start + i])]
     \o (IF upTo = 0 THEN <<>> ELSE <<Commit(ZxidAt(h, upTo))>>)
     \o <<NewLeader(acceptedEpoch[l])>>
=============================================================================
