--------------------------- MODULE ReignsHistory ---------------------------
(* Reigns, and what is remembered of it. *)
EXTENDS ZabHistory, Reigns

ReignsHistoryNext == ReignsNext /\ Remember

ReignsHistorySpec == HistoryInit /\ [][ReignsHistoryNext]_historyVars
=============================================================================
