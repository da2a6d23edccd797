------------------------------ MODULE progress ------------------------------
(* Progress of two servers; the bounds are in progress.cfg. *)
EXTENDS ZabProgress
=============================================================================
