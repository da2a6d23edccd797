---------------------------- MODULE CommitNotTold -----------------------------
(* Wrong: a leader delivers what is committed, and tells nobody. Violates ProposedIsCommitted:  *)
(* its followers never deliver what was proposed to them.                                       *)
EXTENDS progress

BrokenCommitTo(l, n) == Nothing
===============================================================================
