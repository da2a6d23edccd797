------------------------- MODULE ElectionHearsNobody --------------------------
(* Wrong: a server that follows or leads does not answer those that look. Violates              *)
(* OneAndTheSameLeader: one that comes back hears nothing that helps it, and without it there   *)
(* is no quorum.                                                                                *)
EXTENDS electionprogress

BrokenAnswer(s, t) ==
  /\ role[s] # "LOOKING"
  /\ Arrives(s, t, {"LOOKING"})
  /\ link' = Taken(link, s, t)
  /\ UNCHANGED <<own, role, round, vote, backers, outcome>>
===============================================================================
