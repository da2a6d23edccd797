-------------------------------- MODULE deep --------------------------------
(* As far as days of a quiet machine lead; the bounds are in deep.cfg. *)
EXTENDS Bounded, TLC

\* No action singles a server out, and neither does an invariant.
Symmetry == Permutations(Server) \cup Permutations(Value)
=============================================================================
