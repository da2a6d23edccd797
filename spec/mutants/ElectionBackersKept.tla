------------------------- MODULE ElectionBackersKept ------------------------
(* Wrong: A server that adopts a better vote still counts those that agreed with its old one.     *)
(* Violates BackersVoted: they have not cast the new vote.                                        *)
EXTENDS electioncast

BrokenAdoptVote(s, t) ==
  /\ role[s] = "LOOKING"
  /\ Arrives(s, t, {"LOOKING"})
  /\ LET n == Word(s, t)
     IN /\ n.round = round[s]
        /\ Beats(n.vote, vote[s])
        /\ vote' = [vote EXCEPT ![s] = n.vote]
        /\ backers' = [backers EXCEPT ![s] = @ \cup {t}]
        /\ link' = SentToAll(Taken(link, s, t), s, Notification("LOOKING", round[s], n.vote))
  /\ Undecided(s, t)
  /\ UNCHANGED <<own, role, round>>
=============================================================================
