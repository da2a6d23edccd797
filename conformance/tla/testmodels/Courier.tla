---- MODULE Courier ----
\* Implements Delivery over a wire that loses, repeats and reorders, by numbering what is sent.
EXTENDS Naturals, Sequences, FiniteSets, TLC
CONSTANTS Parcels, PostedMax
VARIABLES sent, wire, got
vars == <<sent, wire, got>>

Letter(n, p) == [number |-> n, parcel |-> p]
First == {<<>>}

Init == sent = <<>> /\ wire = {} /\ got \in First

Send(p) == /\ sent' = Append(sent, Letter(Len(sent) + 1, p))
           /\ wire' = wire \cup {Letter(Len(sent) + 1, p)}
           /\ UNCHANGED got
Resend == /\ UNCHANGED <<sent, got>>
          /\ \E i \in 1..Len(sent) : wire' = wire \cup {sent[i]}
Lose == /\ UNCHANGED <<sent, got>>
        /\ \E m \in wire : wire' = wire \ {m}
IsNext(m) == m.number = Len(got) + 1
Receive == /\ UNCHANGED <<sent, wire>>
           /\ \E m \in wire : IsNext(m) /\ got' = Append(got, m)

Next == \/ \E p \in Parcels : Send(p)
        \/ Resend
        \/ Lose
        \/ Receive
Spec == Init /\ [][Next]_vars

Bounded == Len(sent) <= PostedMax
Symmetry == Permutations(Parcels)
Image == <<[i \in DOMAIN sent |-> sent[i].parcel], wire, Len(got)>>

\* What the wire is for has no counterpart in Delivery.
parcelsOf(letters) == [i \in DOMAIN letters |-> letters[i].parcel]
D == INSTANCE Delivery WITH posted <- parcelsOf(sent), arrived <- parcelsOf(got)
Refines == D!Spec

\* The same, with the order looked up instead of kept.
Looked == LET of(n) == CHOOSE m \in {sent[i] : i \in DOMAIN sent} : m.number = n
          IN  [n \in DOMAIN sent |-> of(n).parcel]
L == INSTANCE Delivery WITH posted <- Looked, arrived <- parcelsOf(got)
RefinesToo == L!Spec

Surplus == []D!NoSurplus
Starts == sent = <<>> /\ got = <<>>

Grows == [][IF got # got' THEN Len(got') = Len(got) + 1 ELSE Len(sent') >= Len(sent)]_<<got, sent>>
Numbered == []\A i \in DOMAIN sent : sent[i].number = i
Fast == [][Len(sent') <= Len(got) + 1]_sent
Brief == [][Len(sent') <= PostedMax]_vars

\* Mistakes, for the configurations to put in.
IsAny(m) == \A i \in DOMAIN got : got[i] # m
TwoFirst == {<<>>, <<Letter(1, CHOOSE p \in Parcels : TRUE)>>}
====
