------------------------- MODULE ElectionMemoryKept -------------------------
(* Wrong: A server that leaves an election keeps what it counted in it.                           *)
(* Violates TypeOK when the first one leaves.                                                     *)
EXTENDS election

BrokenLeave(s, r, v) ==
  /\ role' = [role EXCEPT ![s] = IF v.leader = s THEN "LEADING" ELSE "FOLLOWING"]
  /\ round' = [round EXCEPT ![s] = r]
  /\ vote' = [vote EXCEPT ![s] = v]
  /\ UNCHANGED <<backers, outcome>>
=============================================================================
