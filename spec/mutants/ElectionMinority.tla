-------------------------- MODULE ElectionMinority --------------------------
(* Wrong: A server leaves an election with the votes of fewer than a quorum.                      *)
(* Violates LeavesWithAQuorum: the first server leaves with its own vote alone.                   *)
EXTENDS election

BrokenAgreed(s) == 2 * Cardinality(backers[s] \cup {s}) >= Cardinality(Server) - 1
=============================================================================
