---------------------------- MODULE electioncast ----------------------------
(* Which votes were cast, and by whom, remembered, among servers with different logs; the bounds  *)
(* are in electioncast.cfg.  The server with the smallest id has the most.                         *)
EXTENDS ElectionHistory, BoundedElection

CastInit == HistoryInit /\ own = [s \in Server |-> IF \A t \in Server : s <= t THEN Short ELSE Fresh]
CastNext == (Protocol \/ Failure \/ \E s \in Server : Abandon(s)) /\ Remember
CastSpec == CastInit /\ [][CastNext]_historyVars
=============================================================================
