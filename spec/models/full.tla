-------------------------------- MODULE full --------------------------------
(* All that Zab does, bounded; the bounds are in full.cfg. *)
EXTENDS Bounded
=============================================================================
