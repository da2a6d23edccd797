---------------------------- MODULE progressTwice ----------------------------
(* Progress of two servers; the bounds are in progressTwice.cfg. *)
EXTENDS ZabProgress
=============================================================================
