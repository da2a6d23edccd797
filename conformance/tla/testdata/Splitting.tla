---- MODULE Splitting ----
(* How often each successor is generated: disjunctions and quantifiers inside guards, IF, CASE, LET and operators.
   TLC 2.18 -workers 1: 2119 states generated, 81 distinct, depth 6. *)
EXTENDS Naturals, Sequences
VARIABLES x, y, f
vars == <<x, y, f>>
pair == <<x, y>>

TwoWays == \/ x > 0
           \/ y > 0

Move(v, e) == v' = e
Both(a, b) == /\ Move(x, a)
              /\ Move(y, b)

GuardTwice == /\ TwoWays
              /\ x' = (x + 1) % 3
              /\ UNCHANGED <<y, f>>
GuardExists == /\ \E i \in 1..3 : i > x
               /\ y' = (y + 1) % 3
               /\ UNCHANGED x
               /\ f' = f
LateDisjunction == /\ Both(x, y)
                   /\ f' = f
                   /\ (x < 5 \/ y < 5)
InIf == /\ IF x = 1 THEN y' \in {0, 1} ELSE \E j \in {0, 2} : y' = j
        /\ UNCHANGED <<x, f>>
InCase == /\ CASE x = 0 -> x' = 1
               [] x = 1 -> x' \in {0, 2}
               [] OTHER -> \/ x' = 0
                           \/ x' = 1
          /\ UNCHANGED y
          /\ UNCHANGED f
InLet == LET z == x' + 1
             w == y
         IN /\ x' \in 0..2
            /\ y' = z % 3
            /\ f' = [f EXCEPT ![1] = w]
ForAll == /\ \A k \in 1..2 : \/ f[k] = k
                             \/ f[k] < 5
          /\ x' = 0
          /\ UNCHANGED <<y, f>>
Implied == /\ x = 1 => y' = 2
           /\ x # 1 => UNCHANGED y
           /\ UNCHANGED <<x, f>>
Nested(n) == /\ y = 2
             /\ \E m \in 0..n : Both(m, n)
             /\ f' \in [1..2 -> {0, n}]
Primed == /\ pair' = <<y, x>>
          /\ x' = y
          /\ y' = x
          /\ UNCHANGED f
Subset == /\ x' = 0
          /\ UNCHANGED <<y>>
          /\ \E S \in SUBSET {1, 2} : f' = [i \in 1..2 |-> IF i \in S THEN 1 ELSE 0]
Stuttering == ENABLED (x' = x /\ x = 2) /\ UNCHANGED vars

Init == /\ x \in {0, 1}
        /\ \/ y = 0
           \/ y = x
        /\ f = [i \in 1..2 |-> 0]
        /\ (x >= 0 \/ y >= 0)
Next == \/ GuardTwice \/ GuardExists \/ LateDisjunction
        \/ InIf \/ InCase \/ InLet \/ ForAll \/ Implied
        \/ \E n \in {1, 2} : Nested(n)
        \/ Subset \/ Stuttering
        \/ [x = 2 /\ x' = 0 /\ y' = 0 /\ f' = f]_vars
Spec == Init /\ [][Next]_vars
InRange == x \in 0..2 /\ y \in 0..2
====
