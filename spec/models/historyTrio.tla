----------------------------- MODULE historyTrio ------------------------------
(* The model trio, and what is remembered of it; the bounds are in historyTrio.cfg. *)
EXTENDS ZabHistory, trio

HistoryTrioSpec == HistoryInit /\ [][TrioNext /\ Remember]_historyVars
===============================================================================
