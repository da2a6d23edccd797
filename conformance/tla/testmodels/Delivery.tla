---- MODULE Delivery ----
\* Parcels arrive in the order in which they were posted, each at most once.
EXTENDS Naturals, Sequences
CONSTANT Parcels
VARIABLES posted, arrived

both == <<posted, arrived>>

Init == posted = <<>> /\ arrived = <<>>

Post(p) == /\ posted' = Append(posted, p)
           /\ UNCHANGED arrived

Arrive == /\ Len(arrived) < Len(posted)
          /\ arrived' = Append(arrived, posted[Len(arrived) + 1])
          /\ UNCHANGED posted

Next == \/ \E p \in Parcels : Post(p)
        \/ Arrive

NoSurplus == Len(arrived) <= Len(posted)

Spec == /\ Init
        /\ [][Next]_both
        /\ []NoSurplus
====
