------------------------ MODULE LeaderCountsUnsynced ------------------------
(* Wrong: a leader counts itself towards the quorum of a proposal that is not on its disk.         *)
(* Violates CommittedIsDurable: the follower's acknowledgement completes the quorum, before the   *)
(* leader's own sync.                                                                             *)
EXTENDS quick

BrokenQuorumHas(l, n, acks) ==
  LET has(i) == {f \in Server : ~ZxidLess(acks[f], history[l][i].zxid)}
                \cup {l}
  IN Cardinality({i \in committed[l] + 1 .. Len(history[l]) : Quorum(has(i))}) + committed[l]
=============================================================================
