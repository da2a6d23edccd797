------------------------- MODULE ServiceHastyPrimary ------------------------
(* Wrong: A primary begins without having delivered all that anybody delivered.                   *)
(* Violates PrimaryIntegrity: it broadcasts, and lacks a transaction of the epoch before that was *)
(* delivered.                                                                                     *)
EXTENDS service

BrokenSuffices(e, n) ==
  IF \A f \in Begun : f < e
  THEN n >= 0
  ELSE n = Cardinality({i \in DOMAIN Stream : Stream[i].zxid.epoch < e})
=============================================================================
