------------------------------ MODULE election ------------------------------
(* All that the election does, bounded; the bounds are in election.cfg. *)
EXTENDS BoundedElection
=============================================================================
