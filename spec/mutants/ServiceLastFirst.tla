-------------------------- MODULE ServiceLastFirst --------------------------
(* Wrong: What a primary has broadcast is delivered last transaction first.                       *)
(* Violates LocalPrimaryOrder with two transactions of one epoch.                                 *)
EXTENDS service

Reversed(h) == [i \in DOMAIN h |-> h[Len(h) + 1 - i]]

BrokenStream ==
  IF Begun = {} THEN <<>>
  ELSE LET last == CHOOSE e \in Begun : \A f \in Begun : f <= e
       IN initial[last] \o Reversed(broadcast[last])
=============================================================================
