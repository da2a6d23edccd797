---- MODULE Instances ----
(* Instances with substitutions, parameters, operator constants; recursion; higher-order operators; functions.
   TLC 2.18 -workers 1: 6201 states generated, 2000 distinct, depth 12. *)
EXTENDS Integers, Sequences, FiniteSets, TLC
CONSTANTS Node, Top, Grow(_)
VARIABLES left, right, log

Double(n) == 2 * n + 1
Left == INSTANCE Inner WITH v <- left, Limit <- Top, Step <- Grow
Right(max) == INSTANCE Inner WITH v <- right, Limit <- max, Step <- LAMBDA n : n + 2

RECURSIVE Sum(_)
Sum(S) == IF S = {} THEN 0 ELSE LET e == CHOOSE e \in S : TRUE IN e + Sum(S \ {e})
RECURSIVE Fold(_, _, _)
Fold(Op(_, _), base, s) == IF s = <<>> THEN base ELSE Op(Head(s), Fold(Op, base, Tail(s)))
fact[n \in Nat] == IF n = 0 THEN 1 ELSE n * fact[n - 1]
even[n \in 0..20] == IF n = 0 THEN TRUE ELSE ~even[n - 1]
a \prec b == a < b
Map(F(_), S) == {F(e) : e \in S}

ASSUME Sum(1..5) = 15 /\ fact[5] = 120 /\ even[10] /\ ~even[7]
ASSUME Fold(LAMBDA p, q : p + q, 0, <<1, 2, 3>>) = 6 /\ Fold(+, 0, <<4, 5>>) = 9
ASSUME Map(Double, 1..3) = {3, 5, 7} /\ 1 \prec 2
ASSUME Cardinality(Permutations(Node)) = 6

Init == Left!Start /\ right = 0 /\ log = [n \in Node |-> <<>>]
Write(n) == /\ Len(log[n]) < 1
            /\ log' = [log EXCEPT ![n] = Append(@, left)]
            /\ UNCHANGED <<left, right>>
Next == \/ Left!Go /\ UNCHANGED <<right, log>>
        \/ Right(3)!Advance /\ Left!Same /\ UNCHANGED log
        \/ \E n \in Node : Write(n)
        \/ /\ right > 0
           /\ Right(Top)!Back
           /\ UNCHANGED <<left, log>>
Spec == Init /\ [][Next]_<<left, right, log>>
Small == left <= Top /\ right <= 4
Perms == Permutations(Node)
====
