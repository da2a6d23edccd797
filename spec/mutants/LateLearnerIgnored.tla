-------------------------- MODULE LateLearnerIgnored --------------------------
(* Wrong: a leader that is in BROADCAST sends nothing to a learner that comes then. Violates    *)
(* EverybodyJoins: a follower whose connection broke comes back, and waits for a history that   *)
(* is never sent.                                                                               *)
EXTENDS progress

\* What CatchUp sends, but for a leader that is in BROADCAST.
BrokenCatchUp(l, z, upTo) ==
  LET n == CountUpTo(history[l], z)
  IN IF phase[l] = "BROADCAST" THEN <<>>
     ELSE <<Diff>> \o [i \in 1 .. Len(history[l]) - n |-> Proposal(history[l][n + i])]
          \o (IF upTo = 0 THEN <<>> ELSE <<Commit(ZxidAt(history[l], upTo))>>)
          \o <<NewLeader(acceptedEpoch[l])>>
===============================================================================
