-------------------------- MODULE LateLearnerIgnored --------------------------
(* Wrong: a leader that is in BROADCAST sends nothing to a learner that comes then. Violates    *)
(* EverybodyJoins: a follower whose connection broke comes back, and waits for a history that   *)
(* is never sent.                                                                               *)
EXTENDS progress

BrokenCatchUp(l, z, upTo) ==
  LET h      == history[l]
      n      == CountUpTo(h, z)
      header == IF ZxidAt(h, n) = z                  THEN <<Diff>>
                ELSE IF ZxidAt(h, n).epoch = z.epoch THEN <<Trunc(ZxidAt(h, n))>>
                                                     ELSE <<Snap(h)>>
      start  == IF header[1].type = "SNAP" THEN Len(h) ELSE n
  IN IF phase[l] = "BROADCAST" THEN <<>> ELSE header
     \o [i \in 1 .. Len(h) - start |-> Proposal(h[start + i])]
     \o (IF upTo = 0 THEN <<>> ELSE <<Commit(ZxidAt(h, upTo))>>)
     \o <<NewLeader(acceptedEpoch[l])>>
===============================================================================
