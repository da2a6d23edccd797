-------------------------- MODULE ElectionRoundBack -------------------------
(* Wrong: A server joins every other round that it hears of, also an earlier one.                 *)
(* Violates RoundGrows: it goes back to a round that it had left behind.                          *)
EXTENDS election

BrokenJoinRound(s, t) ==
  /\ role[s] = "LOOKING"
  /\ Arrives(s, t, {"LOOKING"})
  /\ LET n == Word(s, t)
         v == Larger(n.vote, OwnVote(s))
     IN /\ n.round # round[s]
        /\ round' = [round EXCEPT ![s] = n.round]
        /\ vote' = [vote EXCEPT ![s] = v]
        /\ backers' = [backers EXCEPT ![s] = IF v = n.vote THEN {t} ELSE {}]
        /\ link' = SentToAll(Taken(link, s, t), s, Notification("LOOKING", n.round, v))
  /\ Undecided(s, t)
  /\ UNCHANGED <<own, role>>
=============================================================================
