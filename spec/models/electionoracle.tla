--------------------------- MODULE electionoracle ---------------------------
(* Does the election do what Zab asks of one?  The bounds are in electionoracle.cfg. *)
EXTENDS ElectionOracle, BoundedElection
=============================================================================
