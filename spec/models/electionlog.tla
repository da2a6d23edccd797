----------------------------- MODULE electionlog ----------------------------
(* Elections among servers with different logs, which grow between elections; the bounds are in   *)
(* electionlog.cfg.  The server with the smallest id starts with the most, so that what a server  *)
(* has counts against its id.                                                                     *)
EXTENDS BoundedElection

LogInit == Init /\ own = [s \in Server |-> IF \A t \in Server : s <= t THEN Short ELSE Fresh]
LogSpec == LogInit /\ [][Next]_vars
=============================================================================
