--------------------------- MODULE ServiceSkipping --------------------------
(* Wrong: A process delivers a transaction of the stream without those that stand before it.      *)
(* Violates TotalOrder: one process delivers both, the other the second alone.                    *)
EXTENDS service

BrokenDelivers(p, n) ==
  LET wanted == IF n = 0 THEN <<>> ELSE <<Stream[n]>>
      more   == IF Len(applied[p]) + 1 = n THEN applied[p] \o wanted ELSE wanted
  IN /\ applied' = [applied EXCEPT ![p] = more]
     /\ delivered' = [delivered EXCEPT ![p] = Longer(@, more)]
=============================================================================
