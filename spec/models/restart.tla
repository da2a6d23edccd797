------------------------------ MODULE restart ------------------------------
(* An ensemble of which every server stops once a transaction is in somebody's log, and the next  *)
(* one, of any of its quorums.  restart.cfg says which faults are left out.  The actions are       *)
(* Zab's, some with an additional condition.                                                      *)
EXTENDS Bounded

CONSTANTS First  \* the server that leads before any epoch was accepted

\* Whoever leads next does so when nobody is left of those before.
SoberElected(s, l) ==
  /\ IF \A t \in Server : acceptedEpoch[t] = 0
     THEN l = First
     ELSE IF s = l THEN \A t \in Server : role[t] = "LOOKING"
                   ELSE role[l] = "LEADING" /\ currentEpoch[l] < proposedEpoch[l] /\ proposedEpoch[l] > 1
  /\ Elected(s, l)

SoberAbandon(s) == Bereft(s) /\ Abandon(s)

SoberCrash(s, k) ==
  /\ role[s] # "LOOKING"
  /\ \E t \in Server : history[t] # <<>>
  /\ \A t \in Server : acceptedEpoch[t] < 2
  /\ Crash(s, k)

RestartNext ==
  \/ \E s, l \in Server : SoberElected(s, l)
  \/ Discovery \/ Synchronization \/ Broadcast \/ ClientRequest \/ Disk
  \/ \E s, t \in Server : SoberLoseLearner(s, t)
  \/ \E s \in Server : SoberAbandon(s)
  \/ \E s \in Server : \E k \in 0 .. Len(history[s]) : SoberCrash(s, k)

RestartSpec == Init /\ [][RestartNext]_vars
=============================================================================
