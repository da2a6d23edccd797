----------------- MODULE NewLeaderAcknowledgedBeforeAppend -----------------
(* Wrong: a follower acknowledges NEWLEADER while what came with DIFF waits in its memory, to be   *)
(* appended after UPTODATE (ZOOKEEPER-3911).  Here the channel is that memory: what waits is what  *)
(* was not read yet, so NEWLEADER comes ahead of it.                                              *)
(* Violates CommittedIsDurable: the leader of the second epoch takes the acknowledgement for a    *)
(* copy of its initial history, which the follower does not even have in its log, and commits.     *)
EXTENDS quick

BrokenCatchUp(l, z, upTo) ==
  LET h      == history[l]
      n      == CountUpTo(h, z)
      header == IF ZxidAt(h, n) = z                  THEN <<Diff>>
                ELSE IF ZxidAt(h, n).epoch = z.epoch THEN <<Trunc(ZxidAt(h, n))>>
                                                     ELSE <<Snap(h)>>
      start  == IF header[1].type = "SNAP" THEN Len(h) ELSE n
  IN header
     \o <<NewLeader(acceptedEpoch[l])>>
     \o [i \in 1 .. Len(h) - start |-> Proposal(h[start + i])]
     \o (IF upTo = 0 THEN <<>> ELSE <<Commit(ZxidAt(h, upTo))>>)
=============================================================================
