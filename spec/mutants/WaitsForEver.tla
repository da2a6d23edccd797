----------------------------- MODULE WaitsForEver -----------------------------
(* Wrong: a leader waits for ever for answers to its epoch that will not come. Violates         *)
(* LeaderEmerges: the only answer that counts was lost with its connection, the next one does   *)
(* not count, and nobody gives up.                                                              *)
EXTENDS progress

BrokenInVain(l) == FALSE
===============================================================================
