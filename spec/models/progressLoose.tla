--------------------------- MODULE progressLoose ---------------------------
(* Progress of two servers beside a third one that may do anything; the bounds are in             *)
(* progressLoose.cfg.                                                                             *)
EXTENDS ZabProgress
=============================================================================
