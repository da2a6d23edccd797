------------------------------ MODULE service ------------------------------
(* Atomic broadcast, bounded; the bounds are in service.cfg. *)
EXTENDS AtomicBroadcast

CONSTANTS MaxBroadcast  \* the largest number of transactions that an epoch's primary broadcasts

Bounds == \A e \in Begun : Len(broadcast[e]) <= MaxBroadcast
=============================================================================
