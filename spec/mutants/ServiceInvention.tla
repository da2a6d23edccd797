-------------------------- MODULE ServiceInvention --------------------------
(* Wrong: A primary lets its processes deliver the transaction that it will broadcast next.       *)
(* Violates Integrity: the transaction is delivered, and nobody has broadcast it.                 *)
EXTENDS service

BrokenStream ==
  IF Begun = {} THEN <<>>
  ELSE LET last == CHOOSE e \in Begun : \A f \in Begun : f <= e
           next == [zxid |-> [epoch |-> last, counter |-> Len(broadcast[last]) + 1],
                    value |-> CHOOSE v \in Value : TRUE]
       IN Append(initial[last] \o broadcast[last], next)
=============================================================================
