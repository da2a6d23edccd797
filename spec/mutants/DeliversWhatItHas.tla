------------------------- MODULE DeliversWhatItHas -------------------------
(* Wrong: a follower that is told to commit delivers all that it has, not what it is told.         *)
(* Violates CommittedIsDurable: a COMMIT of the first transaction meets a follower that has       *)
(* appended the second.                                                                           *)
EXTENDS quick

BrokenReceiveCommit(f, l) ==
  /\ Arrives(f, l, "COMMIT")
  /\ FollowerAt(f, {"SYNC", "NEWLEADER", "ACKED", "ACTIVE"})
  /\ LET n == Len(history[f])
     IN IF stage[f] = "ACTIVE"
        THEN /\ committed' = [committed EXCEPT ![f] = Max(@, n)]
             /\ UNCHANGED pendingCommit
        ELSE /\ pendingCommit' = [pendingCommit EXCEPT ![f] = n]
             /\ UNCHANGED committed
  /\ Receive(f, l)
  /\ UNCHANGED <<persistent, role, phase, leader, stage, newLeaderAt, leading>>
=============================================================================
