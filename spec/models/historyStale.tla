----------------------------- MODULE historyStale -----------------------------
(* The model stale, and what is remembered of it; the bounds are in historyStale.cfg. *)
EXTENDS ZabHistory, stale

HistoryStaleSpec == HistoryInit /\ [][StaleNext /\ Remember]_historyVars
===============================================================================
