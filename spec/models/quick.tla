-------------------------------- MODULE quick --------------------------------
(* All that Zab does, bounded; the bounds are in quick.cfg. *)
EXTENDS Bounded
=============================================================================
