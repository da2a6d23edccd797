------------------------------ MODULE comeback ------------------------------
(* A leader that loses its ensemble to another one and wins it back, with a transaction that only *)
(* it had.  comeback.cfg says which faults are left out.  The actions are Zab's, some with an      *)
(* additional condition.                                                                          *)
EXTENDS Bounded

CONSTANTS
  First,    \* leads epochs 1 and 3
  Second,   \* follows in epoch 1, leads epoch 2, never learns that it should not any more
  Wanderer  \* follows in epochs 2 and 3

\* The largest epoch that anyone has accepted.
Latest == CHOOSE e \in 0 .. MaxEpoch : /\ \E s \in Server : acceptedEpoch[s] = e
                                       /\ \A s \in Server : acceptedEpoch[s] <= e

SoberElected(s, l) ==
  /\ \/ s = First /\ l = First /\ Latest \in {0, 2}
     \/ s = Second /\ l = First /\ Latest = 0
     \/ s = Second /\ l = Second /\ Latest = 1
     \/ s = Wanderer /\ l = Second /\ Latest = 1
     \/ s = Wanderer /\ l = First /\ Latest = 2
  /\ Elected(s, l)

SoberPropose(s, v) == acceptedEpoch[s] = 1 /\ Propose(s, v)

SoberAbandon(s) ==
  /\ \/ s = First /\ acceptedEpoch[Second] = 2
     \/ s = Second /\ role[s] = "FOLLOWING" /\ Latest = 1
     \/ s = Wanderer
  /\ Abandon(s)

ComebackNext ==
  \/ \E s, l \in Server : SoberElected(s, l)
  \/ Discovery \/ Synchronization \/ Broadcast \/ Disk
  \/ \E s \in Server, v \in Value : SoberPropose(s, v)
  \/ \E s, t \in Server : SoberLoseLearner(s, t)
  \/ \E s \in Server : SoberAbandon(s)

ComebackSpec == Init /\ [][ComebackNext]_vars
=============================================================================
