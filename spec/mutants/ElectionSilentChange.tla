------------------------ MODULE ElectionSilentChange ------------------------
(* Wrong: A server that adopts a better vote does not tell the others.                            *)
(* Violates LinksAreCurrent: what the others hear is the old vote.                                *)
EXTENDS election

BrokenAdoptVote(s, t) ==
  /\ role[s] = "LOOKING"
  /\ Arrives(s, t, {"LOOKING"})
  /\ LET n == Word(s, t)
     IN /\ n.round = round[s]
        /\ Beats(n.vote, vote[s])
        /\ vote' = [vote EXCEPT ![s] = n.vote]
        /\ backers' = [backers EXCEPT ![s] = {t}]
        /\ link' = Taken(link, s, t)
  /\ Undecided(s, t)
  /\ UNCHANGED <<own, role, round>>
=============================================================================
