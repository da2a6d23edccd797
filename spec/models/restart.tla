------------------------------ MODULE restart ------------------------------
(* Servers that crash once a transaction is in somebody's log, and what their quorums know then.  *)
(* restart.cfg says which faults are left out.  The actions are Zab's, some with an additional     *)
(* condition; SoberX is X with one, name and parameters are what X is known by.                   *)
EXTENDS Bounded

CONSTANTS First  \* the server that leads before any epoch was accepted

Broken(s, t) == ~EndOpen(t, s)

SoberElected(s, l) ==
  /\ IF \A t \in Server : acceptedEpoch[t] = 0 THEN l = First ELSE s = l \/ role[l] = "LEADING"
  /\ Elected(s, l)
SoberLoseLearner(l, f) == Broken(l, f) /\ LoseLearner(l, f)
SoberAbandon(s) == role[s] = "FOLLOWING" /\ Broken(s, leader[s]) /\ Abandon(s)
SoberCrash(s, k) == (\E t \in Server : history[t] # <<>>) /\ Crash(s, k)

RestartNext ==
  \/ \E s, l \in Server : SoberElected(s, l)
  \/ Discovery \/ Synchronization \/ Broadcast \/ ClientRequest \/ Disk
  \/ \E s, t \in Server : SoberLoseLearner(s, t)
  \/ \E s \in Server : SoberAbandon(s)
  \/ \E s \in Server : \E k \in 0 .. Len(history[s]) : SoberCrash(s, k)

RestartSpec == Init /\ [][RestartNext]_vars
=============================================================================
