-------------------------------- MODULE pair --------------------------------
(* All that Zab does, bounded; the bounds are in pair.cfg. *)
EXTENDS Bounded
=============================================================================
