------------------------------ MODULE Bounded ------------------------------
(* What makes the graph of Zab's states finite: epochs and histories have an end.  Nothing else  *)
(* needs one; crashes and broken connections lead back to states that were seen before.         *)
EXTENDS Zab

CONSTANTS
  MaxEpoch,   \* the last epoch that anyone proposes
  MaxHistory  \* the largest number of transactions in a history

Bounds ==
  \A s \in Server : /\ acceptedEpoch[s] <= MaxEpoch
                    /\ proposedEpoch[s] <= MaxEpoch
                    /\ Len(history[s]) <= MaxHistory

----------------------------------------------------------------------------
(* For models that leave faults out.  SoberX is X with a condition; name and parameters are what   *)
(* X is known by.                                                                                *)

\* An end finds its connection broken only when the other end is closed.
Broken(s, t) == ~EndOpen(t, s)

\* A follower whose leader is gone.
Bereft(s) == role[s] = "FOLLOWING" /\ Broken(s, leader[s])

SoberLoseLearner(l, f) == Broken(l, f) /\ LoseLearner(l, f)
=============================================================================
