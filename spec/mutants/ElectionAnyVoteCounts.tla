------------------------ MODULE ElectionAnyVoteCounts -----------------------
(* Wrong: A server counts every vote of its round for its own candidate.                          *)
(* Violates LeavesByVotes: it leaves with a quorum of which one has voted for another.            *)
EXTENDS electioncast

BrokenCountVote(s, t) ==
  /\ role[s] = "LOOKING"
  /\ Arrives(s, t, {"LOOKING"})
  /\ LET n == Word(s, t)
     IN /\ n.round = round[s]
        /\ ~Beats(n.vote, vote[s])
        /\ backers' = [backers EXCEPT ![s] = @ \cup {t}]
  /\ link' = Taken(link, s, t)
  /\ Undecided(s, t)
  /\ UNCHANGED <<own, role, round, vote>>
=============================================================================
