----------------------------- MODULE Turnstile -----------------------------
\* A keeper opens and shuts a turnstile for ever; guests ask to pass, and one at a time they do, while it is open.
\* A guest who waits sees the turnstile open again and again, never for good: without strong fairness he may never pass.
EXTENDS Naturals
CONSTANT Guest
VARIABLES open, place, passed
vars == <<open, place, passed>>

Init == open = FALSE /\ place = [g \in Guest |-> "outside"] /\ passed = 0

Open == ~open /\ open' = TRUE /\ UNCHANGED <<place, passed>>
Shut == open /\ open' = FALSE /\ UNCHANGED <<place, passed>>
Ask(g) == place[g] = "outside" /\ place' = [place EXCEPT ![g] = "waiting"] /\ UNCHANGED <<open, passed>>
Pass(g) ==
  /\ open
  /\ place[g] = "waiting"
  /\ place' = [place EXCEPT ![g] = "inside"]
  /\ passed' = (passed + 1) % 3
  /\ UNCHANGED open
Leave(g) == place[g] = "inside" /\ place' = [place EXCEPT ![g] = "outside"] /\ UNCHANGED <<open, passed>>

Next == Open \/ Shut \/ \E g \in Guest : Ask(g) \/ Pass(g) \/ Leave(g)

Keeper == WF_vars(Open) /\ WF_vars(Shut)
Spec == Init /\ [][Next]_vars
Kept == Spec /\ Keeper
Patient == Kept /\ \A g \in Guest : WF_vars(Pass(g)) /\ WF_vars(Leave(g))
Served == Kept /\ \A g \in Guest : SF_vars(Pass(g)) /\ WF_vars(Leave(g))
\* Fair as a whole, to nobody in particular.
Crowd == Kept /\ SF_vars(\E g \in Guest : Pass(g)) /\ \A g \in Guest : WF_vars(Leave(g))
\* Assumed by a formula that is no fairness condition.
Lucky == Kept /\ []<>(open /\ \A g \in Guest : place[g] # "waiting")

Opens == []<>open
StaysOpen == <>[]open
Passes == \A g \in Guest : place[g] = "waiting" ~> place[g] = "inside"
SomebodyPasses == (\E g \in Guest : place[g] = "waiting") ~> (\E g \in Guest : place[g] = "inside")
Answers == \A g \in Guest : []<>(place[g] = "waiting") => []<><<Pass(g)>>_vars
Turns == []<><<Open>>_vars /\ []<><<Shut>>_vars
EndsOutside == <>[](\A g \in Guest : place[g] = "outside") \/ []<>(\E g \in Guest : place[g] # "outside")
Nested == [](open => <>(~open /\ <>open))
Rests == [](passed = 2 => <>[](passed = 2))
Few == passed < 2

\* What the passing guests look like from afar: a counter modulo three.
Far == INSTANCE Tally WITH count <- passed
Counts == Far!Spec
CountsFairly == Far!FairSpec
=============================================================================
