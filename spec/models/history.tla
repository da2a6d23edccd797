------------------------------ MODULE history ------------------------------
(* All that Zab does, and what is remembered of it; the bounds are in history.cfg. *)
EXTENDS ZabHistory, Bounded
=============================================================================
