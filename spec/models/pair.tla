---- MODULE pair ----
EXTENDS Zab
CONSTANTS MaxEpoch, MaxHistory
Bounds == \A s \in Server : acceptedEpoch[s] <= MaxEpoch /\ proposedEpoch[s] <= MaxEpoch /\ Len(history[s]) <= MaxHistory
====
