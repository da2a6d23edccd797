---------------------------- MODULE electionpair ----------------------------
(* Two servers, all that can happen between them; the bounds are in electionpair.cfg. *)
EXTENDS BoundedElection
=============================================================================
