-------------------------- MODULE BoundedElection --------------------------
(* What makes the graph of the election's states finite: rounds have an end.  Nothing else needs  *)
(* one; crashes lead back to states that were seen before.                                        *)
EXTENDS FastLeaderElection

CONSTANTS MaxRound  \* the last round that anyone begins

Bounds == \A s \in Server : round[s] <= MaxRound

----------------------------------------------------------------------------
(* What a server may have on disk. *)

Fresh  == [epoch |-> 0, zxid |-> [epoch |-> 0, counter |-> 0]]  \* nothing
Begun  == [epoch |-> 1, zxid |-> [epoch |-> 0, counter |-> 0]]  \* epoch 1, before its first transaction
Short  == [epoch |-> 1, zxid |-> [epoch |-> 1, counter |-> 1]]  \* one transaction of epoch 1
Long   == [epoch |-> 1, zxid |-> [epoch |-> 1, counter |-> 2]]  \* two of them
Recent == [epoch |-> 2, zxid |-> [epoch |-> 1, counter |-> 1]]  \* epoch 2, after one of epoch 1

OneClaim    == {Fresh}
TwoClaims   == {Fresh, Short}
ThreeClaims == {Fresh, Short, Long}
AllClaims   == {Fresh, Begun, Short, Long, Recent}

----------------------------------------------------------------------------
(* For models that assume something of the time that messages take. *)

\* Has s read the newest message of t, so that it says nothing new?
HasRead(s, t) ==
  LET n == Last(link[t][s])
  IN /\ Len(link[t][s]) = 1
     /\ CASE role[s] # "LOOKING"  -> n.state = "LOOKING" => Last(link[s][t]) = WordOf(s)
          [] n.state # "LOOKING"  -> outcome[s][t] = n
          [] n.round < round[s]   -> TRUE
          [] n.round > round[s]   -> FALSE
          [] OTHER                -> IF n.vote = vote[s] THEN t \in backers[s] ELSE ~Beats(n.vote, vote[s])
=============================================================================
