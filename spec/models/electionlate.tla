---------------------------- MODULE electionlate ----------------------------
(* Messages that are still under way when a newer one is sent; the bounds are in electionlate.cfg. *)
EXTENDS BoundedElection
=============================================================================
