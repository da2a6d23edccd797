---- MODULE Inner ----
EXTENDS Naturals
CONSTANTS Limit, Step(_)
VARIABLE v
Start == v = 0
LOCAL Fits == Step(v) <= Limit
Advance == Fits /\ v' = Step(v)
Back == v > 0 /\ v' = v - 1
Go == Advance \/ Back
Same == UNCHANGED v
====
