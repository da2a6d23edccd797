--------------------------- MODULE historyComeback ----------------------------
(* The model comeback, and what is remembered of it; the bounds are in historyComeback.cfg. *)
EXTENDS ZabHistory, comeback

HistoryComebackSpec == HistoryInit /\ [][ComebackNext /\ Remember]_historyVars
===============================================================================
