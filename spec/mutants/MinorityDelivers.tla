-------------------------- MODULE MinorityDelivers --------------------------
(* Wrong: A leader delivers what it has proposed as soon as its own disk has it.                  *)
(* Violates Agreement: s1 delivers a transaction, and s2, which never heard of it, leads the next *)
(* epoch and delivers another one.                                                                *)
EXTENDS ReignsHistory

BrokenQuorumHas(l, n, acks) ==
  LET has(i) == {f \in Server : ~ZxidLess(acks[f], history[l][i].zxid)}
                \cup (IF i <= n THEN {l} ELSE {})
  IN Cardinality({i \in committed[l] + 1 .. Len(history[l]) : l \in has(i)}) + committed[l]
=============================================================================
