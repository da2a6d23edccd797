---------------------------- MODULE electioncast ----------------------------
(* Which votes were cast, remembered; the bounds are in electioncast.cfg. *)
EXTENDS ElectionHistory, BoundedElection
=============================================================================
