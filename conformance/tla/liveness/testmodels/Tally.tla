------------------------------- MODULE Tally -------------------------------
EXTENDS Naturals
VARIABLE count
Init == count = 0
Next == count' = (count + 1) % 3
Spec == Init /\ [][Next]_count
FairSpec == Spec /\ WF_count(Next)
=============================================================================
