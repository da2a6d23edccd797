---------------------------- MODULE historyRestart ----------------------------
(* The model restart, and what is remembered of it; the bounds are in historyRestart.cfg. *)
EXTENDS ZabHistory, restart

HistoryRestartSpec == HistoryInit /\ [][RestartNext /\ Remember]_historyVars
===============================================================================
