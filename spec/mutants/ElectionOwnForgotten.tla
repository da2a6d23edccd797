------------------------ MODULE ElectionOwnForgotten ------------------------
(* Wrong: A server that joins a later round takes over the vote that it hears, without comparing  *)
(* it with its own.                                                                               *)
(* Violates VotesCoverOwn: it votes for less than it has itself.                                  *)
EXTENDS electionlog

BrokenJoinRound(s, t) ==
  /\ role[s] = "LOOKING"
  /\ Arrives(s, t, {"LOOKING"})
  /\ LET n == Word(s, t)
         v == n.vote
     IN /\ n.round > round[s]
        /\ round' = [round EXCEPT ![s] = n.round]
        /\ vote' = [vote EXCEPT ![s] = v]
        /\ backers' = [backers EXCEPT ![s] = IF v = n.vote THEN {t} ELSE {}]
        /\ link' = SentToAll(Taken(link, s, t), s, Notification("LOOKING", n.round, v))
  /\ Undecided(s, t)
  /\ UNCHANGED <<own, role>>
=============================================================================
