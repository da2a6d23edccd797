----------------------- MODULE DeliversBeforeUpToDate -----------------------
(* Wrong: a COMMIT that comes before UPTODATE takes effect at once.  While the leader synchronizes *)
(* it sends its whole history as committed, which it is only when a quorum has taken it over.      *)
(* Violates CommittedIsDurable: the follower delivers before its own disk has the transaction.    *)
EXTENDS quick

BrokenReceiveCommit(f, l) ==
  /\ Arrives(f, l, "COMMIT")
  /\ FollowerAt(f, {"SYNC", "NEWLEADER", "ACKED", "ACTIVE"})
  /\ LET n == CountUpTo(history[f], Head(messages[l][f]).zxid)
     IN /\ committed' = [committed EXCEPT ![f] = Max(@, n)]
        /\ UNCHANGED pendingCommit
  /\ Receive(f, l)
  /\ UNCHANGED <<persistent, role, phase, leader, stage, newLeaderAt, leading>>
=============================================================================
