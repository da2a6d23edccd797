-------------------------------- MODULE stale --------------------------------
(* Two servers that lead and never learn that they should not, and a third that goes from one to  *)
(* the other.  stale.cfg says which faults are left out.  The actions are Zab's, some with an      *)
(* additional condition.                                                                          *)
EXTENDS Bounded

CONSTANTS Wanderer  \* the server that never leads

SoberElected(s, l) == l # Wanderer /\ (s = l \/ s = Wanderer) /\ Elected(s, l)

StaleNext ==
  \/ \E s, l \in Server : SoberElected(s, l)
  \/ Discovery \/ Synchronization \/ Broadcast \/ ClientRequest \/ Disk
  \/ \E s, t \in Server : SoberLoseLearner(s, t)
  \/ Abandon(Wanderer)

StaleSpec == Init /\ [][StaleNext]_vars
=============================================================================
