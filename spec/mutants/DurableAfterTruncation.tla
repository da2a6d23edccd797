----------------------- MODULE DurableAfterTruncation -----------------------
(* Wrong: a server that has its tail cut off goes on counting the cut transactions as being on disk. *)
(* Violates TypeOK: more of the log of s1 is on disk than there is of it.                          *)
EXTENDS Reigns

BrokenReplace(s, n, h) ==
  /\ history' = [history EXCEPT ![s] = Prefix(@, n) \o h]
  /\ durable' = durable
  /\ cutTail' = [cutTail EXCEPT ![s] = Suffix(history[s], n)]
=============================================================================
