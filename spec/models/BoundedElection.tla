-------------------------- MODULE BoundedElection --------------------------
(* What makes the graph of the election's states finite: rounds have an end.  Nothing else needs  *)
(* one; crashes lead back to states that were seen before.                                        *)
EXTENDS FastLeaderElection

CONSTANTS MaxRound  \* the last round that anyone begins

Bounds == \A s \in Server : round[s] <= MaxRound

----------------------------------------------------------------------------
(* What a server has on disk, from little to much: nothing yet; a transaction of epoch 1; the same *)
(* log, by a server that took part in epoch 2.                                                    *)

Fresh  == [epoch |-> 0, zxid |-> [epoch |-> 0, counter |-> 0]]
Old    == [epoch |-> 1, zxid |-> [epoch |-> 1, counter |-> 1]]
Recent == [epoch |-> 2, zxid |-> [epoch |-> 1, counter |-> 1]]

OneClaim    == {Fresh}
TwoClaims   == {Fresh, Old}
ThreeClaims == {Fresh, Old, Recent}
=============================================================================
