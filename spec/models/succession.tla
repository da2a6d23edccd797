----------------------------- MODULE succession -----------------------------
(* A first leader, then a second one whose history differs: what it takes to have a tail cut off, *)
(* or a history replaced.  succession.cfg says which faults are left out.  The actions are Zab's,  *)
(* some with an additional condition.                                                             *)
EXTENDS Bounded

CONSTANTS
  First,  \* the server that leads before any epoch was accepted
  Second  \* the server that leads afterwards

Heir == IF \A s \in Server : acceptedEpoch[s] = 0 THEN First ELSE Second

SoberAbandon(s) == (role[s] = "LEADING" \/ Bereft(s)) /\ Abandon(s)

SuccessionNext ==
  \/ \E s \in Server : Elected(s, Heir)
  \/ Discovery \/ Synchronization \/ Broadcast \/ ClientRequest \/ Disk
  \/ \E s, t \in Server : SoberLoseLearner(s, t)
  \/ \E s \in Server : SoberAbandon(s)
  \/ \E s \in Server : \E k \in 1 .. Len(cutTail[s]) : CrashUncut(s, k)

SuccessionSpec == Init /\ [][SuccessionNext]_vars
=============================================================================
