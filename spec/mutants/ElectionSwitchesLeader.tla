----------------------- MODULE ElectionSwitchesLeader -----------------------
(* Wrong: A server that follows changes to another leader when a better vote arrives, without     *)
(* looking again.                                                                                 *)
(* Violates ElectsForZab: in Zab a server that follows is told no other leader.                   *)
EXTENDS electionoracle

BrokenDisregard(s, t) ==
  /\ role[s] # "LOOKING"
  /\ Arrives(s, t, Settled)
  /\ link' = Taken(link, s, t)
  /\ vote' = [vote EXCEPT ![s] = IF role[s] = "FOLLOWING" /\ Word(s, t).vote.leader # s THEN Word(s, t).vote ELSE @]
  /\ UNCHANGED <<own, role, round, backers, outcome>>
=============================================================================
