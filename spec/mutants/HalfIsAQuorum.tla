--------------------------- MODULE HalfIsAQuorum ---------------------------
(* Wrong: half of the servers count as a quorum.                                                  *)
(* Violates OneLeaderAnEpoch: each of two servers passes for a leader that a quorum has accepted,  *)
(* without having heard of anyone.                                                                *)
EXTENDS quick

BrokenQuorum(S) == 2 * Cardinality(S) >= Cardinality(Server)
=============================================================================
