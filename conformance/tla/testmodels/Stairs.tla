---- MODULE Stairs ----
\* Steps up and down: a deadlock, several initial states, an error in the next-state relation.
EXTENDS Integers, Sequences
CONSTANT Top
VARIABLES x, log
ASSUME Top > 2
Init == x \in 0..2 /\ log = <<>>
Up(by) == x + by <= Top /\ x' = x + by /\ log' = Append(log, by)
Down == x > 1 /\ Len(log) < 3 /\ x' = x - 1 /\ UNCHANGED log
Next == Down \/ \E by \in 1..2 : Up(by)
Faulty == Next \/ (x = 4 /\ x' = log[9] /\ UNCHANGED log)
Low == x # 1
Never == x < 10
====
