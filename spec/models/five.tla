-------------------------------- MODULE five --------------------------------
(* Five servers, too many to visit every state: for random walks.  A walk that chooses among all   *)
(* steps alike meets faults almost only, and no epoch is ever established; so faults are counted   *)
(* here as in ZabProgress, and when they are used up the walk goes on without.  The numbers are in *)
(* five.cfg.                                                                                      *)
EXTENDS ZabProgress

FiveSpec == ProgressInit /\ [][ProgressNext]_progressVars
=============================================================================
