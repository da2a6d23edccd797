-------------------------------- MODULE rivals --------------------------------
(* All that Zab does, bounded; the bounds are in rivals.cfg. *)
EXTENDS Bounded
=============================================================================
