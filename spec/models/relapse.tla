------------------------------ MODULE relapse ------------------------------
(* A leader's tail is cut off by its successor, and any server crashes while the cut is not yet on *)
(* disk: the tail comes back.  relapse.cfg says which faults are left out.  The actions are Zab's,  *)
(* some with an additional condition.                                                             *)
EXTENDS Bounded

CONSTANTS
  First,   \* the server that leads before any epoch was accepted
  Second   \* the server that leads afterwards

Heir == IF \A s \in Server : acceptedEpoch[s] = 0 THEN First ELSE Second

SoberAbandon(s) == Bereft(s) /\ Abandon(s)

SoberFailure == (\E s \in Server : cutTail[s] # <<>>) /\ Failure

RelapseNext ==
  \/ \E s \in Server : Elected(s, Heir)
  \/ Discovery \/ Synchronization \/ Broadcast \/ Disk
  \/ \E v \in Value : Propose(First, v)
  \/ \E s, t \in Server : SoberLoseLearner(s, t)
  \/ Abandon(First)
  \/ \E s \in Server : SoberAbandon(s)
  \/ SoberFailure

RelapseSpec == Init /\ [][RelapseNext]_vars
=============================================================================
