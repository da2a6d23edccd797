-------------------------- MODULE historySuccession ---------------------------
(* The model succession, and what is remembered of it; the bounds are in historySuccession.cfg. *)
EXTENDS ZabHistory, succession

HistorySuccessionSpec == HistoryInit /\ [][SuccessionNext /\ Remember]_historyVars
===============================================================================
