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
=============================================================================
