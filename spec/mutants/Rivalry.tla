------------------------------ MODULE Rivalry ------------------------------
(* Two servers that lead at the same time and a third that goes from one to the other: a small     *)
(* model for mutants, whose bounds stand in their configurations.  The actions are Zab's, some     *)
(* with an additional condition.                                                                  *)
EXTENDS Bounded

CONSTANTS
  Wanderer,  \* the server that never leads
  Frail      \* who may crash while it has a role

SoberElected(s, l) == l # Wanderer /\ (s = l \/ s = Wanderer) /\ Elected(s, l)

SoberAbandon(s) == s = Wanderer /\ Abandon(s)

SoberCrash(s, k) == s \in Frail /\ role[s] # "LOOKING" /\ Crash(s, k)

RivalryNext ==
  \/ \E s, l \in Server : SoberElected(s, l)
  \/ Discovery \/ Synchronization \/ Broadcast \/ ClientRequest \/ Disk
  \/ \E s, t \in Server : SoberLoseLearner(s, t)
  \/ \E s \in Server : SoberAbandon(s)
  \/ \E s \in Server : \E k \in 0 .. Len(history[s]) : SoberCrash(s, k)

RivalrySpec == Init /\ [][RivalryNext]_vars
=============================================================================
