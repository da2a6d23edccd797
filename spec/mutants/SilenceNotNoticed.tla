-------------------------- MODULE SilenceNotNoticed ---------------------------
(* Wrong: a follower does not notice that its connection broke. Violates LeaderStays: it stays  *)
(* with a leader that has forgotten it, and neither looks for another one.                      *)
EXTENDS progress

BrokenForsaken(f) ==
  /\ role[f] = "FOLLOWING"
  /\ \/ stage[f] = "NONE" /\ role[leader[f]] # "LEADING"
     \/ leader[f] \notin Stable
===============================================================================
