-------------------------- MODULE ServiceOwnStream --------------------------
(* Wrong: A primary delivers what it broadcasts itself, whoever has begun a later epoch since.    *)
(* Violates Agreement: two primaries deliver different transactions, neither that of the other.   *)
EXTENDS service

BrokenDelivers(p, n) ==
  LET e    == primary[p]
      mine == IF e = 0 THEN Stream ELSE initial[e] \o broadcast[e]
      upTo == Prefix(mine, IF n > Len(mine) THEN Len(mine) ELSE n)
  IN /\ applied' = [applied EXCEPT ![p] = upTo]
     /\ delivered' = [delivered EXCEPT ![p] = Longer(@, upTo)]
=============================================================================
