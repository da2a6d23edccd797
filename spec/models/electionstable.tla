--------------------------- MODULE electionstable ---------------------------
(* Progress, where all servers stay up; the bounds are in electionstable.cfg. *)
EXTENDS electionprogress
=============================================================================
