------------------------ MODULE ElectionLastVoteWins ------------------------
(* Wrong: A server adopts every vote of its round, also one that does not beat its own.           *)
(* Violates VoteGrows: the vote goes back.                                                        *)
EXTENDS election

BrokenAdoptVote(s, t) ==
  /\ role[s] = "LOOKING"
  /\ Arrives(s, t, {"LOOKING"})
  /\ LET n == Word(s, t)
     IN /\ n.round = round[s]
        /\ n.vote # vote[s]
        /\ vote' = [vote EXCEPT ![s] = n.vote]
        /\ backers' = [backers EXCEPT ![s] = {t}]
        /\ link' = SentToAll(Taken(link, s, t), s, Notification("LOOKING", round[s], n.vote))
  /\ Undecided(s, t)
  /\ UNCHANGED <<own, role, round>>
=============================================================================
