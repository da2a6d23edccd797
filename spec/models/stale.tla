-------------------------------- MODULE stale --------------------------------
(* Two servers that lead and never learn that they should not, and a third that goes from one to  *)
(* the other.  stale.cfg says which faults are left out.  The actions are Zab's, some with an      *)
(* additional condition.                                                                          *)
EXTENDS Bounded

CONSTANTS Wanderer  \* the server that never leads

Broken(s, t) == ~EndOpen(t, s)

\* SoberX is X with a condition; name and parameters are what X is known by.
SoberElected(s, l)     == l # Wanderer /\ (s = l \/ s = Wanderer) /\ Elected(s, l)
SoberLoseLearner(l, f) == Broken(l, f) /\ LoseLearner(l, f)

StaleNext ==
  \/ \E s, l \in Server : SoberElected(s, l)
  \/ Discovery \/ Synchronization \/ Broadcast \/ ClientRequest \/ Disk
  \/ \E s, t \in Server : SoberLoseLearner(s, t)
  \/ Abandon(Wanderer)

StaleSpec == Init /\ [][StaleNext]_vars
=============================================================================
