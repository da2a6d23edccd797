------------------------- MODULE ElectionStaysForEver -------------------------
(* Wrong: a server never gives its role up, however useless it is. Violates OneLeaderForGood:   *)
(* one follows a server that follows another one, and both stay.                                *)
EXTENDS electionprogress

BrokenTimeout(s) == FALSE /\ UNCHANGED progressVars
===============================================================================
