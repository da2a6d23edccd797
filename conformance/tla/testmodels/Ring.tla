---- MODULE Ring ----
\* A token and requests in a ring of processes: symmetric, so that SYMMETRY, VIEW and constraints can be compared.
EXTENDS Naturals, FiniteSets, TLC
CONSTANTS Process, Max
VARIABLES holder, waiting, served

Init == /\ holder \in Process
        /\ waiting = {}
        /\ served = [p \in Process |-> 0]

Ask(p) == /\ p \notin waiting
          /\ waiting' = waiting \cup {p}
          /\ UNCHANGED <<holder, served>>

Pass(p, q) == /\ holder = p /\ p # q
              /\ q \in waiting
              /\ holder' = q
              /\ waiting' = waiting \ {q}
              /\ served' = [served EXCEPT ![q] = @ + 1]

Forget(p) == p = holder /\ served[p] > Max /\ UNCHANGED <<holder, waiting>> /\ served' = [served EXCEPT ![p] = 0]

Next == \/ \E p \in Process : Ask(p) \/ Forget(p)
        \/ \E p, q \in Process : Pass(p, q)

Spec == Init /\ [][Next]_<<holder, waiting, served>>

Bounds == \A p \in Process : served[p] <= Max
NotBoth == \A p \in Process : holder = p => p \notin waiting \/ served[p] <= Max
Steps == Cardinality(waiting') <= 2
Perms == Permutations(Process)
Seen == <<holder, waiting>>
TypeOK == holder \in Process /\ waiting \subseteq Process
Few == Cardinality({p \in Process : served[p] > 0}) < 3
Bounded == \A p \in Process : served[p] <= Max
Odd == IF \E p \in Process : served[p] = 2 THEN served["none"] = 0 ELSE TRUE
Done == \A p \in Process : served[p] = Max
====
