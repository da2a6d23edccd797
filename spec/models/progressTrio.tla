---------------------------- MODULE progressTrio ----------------------------
(* Progress of three servers that all go on; the bounds are in progressTrio.cfg. *)
EXTENDS ZabProgress
=============================================================================
