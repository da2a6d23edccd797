-------------------------- MODULE ReturnsToARound ---------------------------
(* Not even a long wait, without a crash and without a lost message, makes servers agree when one  *)
(* comes back: others agree on a leader in a round, and while one of them still waits, a third,    *)
(* which followed or led until then, begins that round with a larger vote.                         *)
EXTENDS electioncalm

ReturningNext == CalmNext \/ \E s \in Server : Abandon(s)
ReturningSpec == CalmInit /\ [][ReturningNext]_vars
=============================================================================
