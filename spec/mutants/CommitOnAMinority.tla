------------------------- MODULE CommitOnAMinority -------------------------
(* Wrong: a leader commits what is on half of the disks.                                          *)
(* Violates CommittedIsDurable: the leader syncs its own proposal and delivers it, before anyone  *)
(* else has it.                                                                                   *)
EXTENDS quick

BrokenQuorumHas(l, n, acks) ==
  LET has(i) == {f \in Server : ~ZxidLess(acks[f], history[l][i].zxid)}
                \cup (IF i <= n THEN {l} ELSE {})
      enough(S) == 2 * Cardinality(S) >= Cardinality(Server)
  IN Cardinality({i \in committed[l] + 1 .. Len(history[l]) : enough(has(i))}) + committed[l]
=============================================================================
