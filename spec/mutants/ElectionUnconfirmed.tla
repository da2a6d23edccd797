------------------------- MODULE ElectionUnconfirmed ------------------------
(* Wrong: A server joins a leader that others name, without having heard from that leader itself  *)
(* that it leads.                                                                                 *)
(* Violates JoinsALeader: the one that the others follow has crashed.                             *)
EXTENDS election

BrokenConfirmed(s, known, n) ==
  LET l == n.vote.leader
  IN IF l = s THEN n.round = round[s]
     ELSE TRUE

BrokenConfirmedInRound(s, known, n) ==
  Confirmed(s, known, n)
=============================================================================
