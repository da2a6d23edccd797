--------------------- MODULE CommitBeforeUpToDateRefused --------------------
(* Wrong: A follower that has acknowledged NEWLEADER does not know the proposals any more that    *)
(* came before it, and fails when one of them is committed before UPTODATE (ZOOKEEPER-4394).      *)
(* Violates Receptive: in that phase it allows no COMMIT, and one comes.  No safety is lost.      *)
EXTENDS Reigns

BrokenReceiveCommit(f, l) ==
  /\ Arrives(f, l, "COMMIT")
  /\ FollowerAt(f, {"SYNC", "ACTIVE"})
  /\ LET n == CountUpTo(history[f], Head(messages[l][f]).zxid)
     IN IF stage[f] = "ACTIVE"
        THEN /\ committed' = [committed EXCEPT ![f] = Max(@, n)]
             /\ UNCHANGED pendingCommit
        ELSE /\ pendingCommit' = [pendingCommit EXCEPT ![f] = n]
             /\ UNCHANGED committed
  /\ Receive(f, l)
  /\ UNCHANGED <<persistent, role, phase, leader, stage, newLeaderAt, leading>>

\* What the follower allows.
BrokenExpects(b, a, m) ==
  EndOpen(b, a) /\
  CASE m.type = "FOLLOWERINFO" -> LearnerAt(b, a, {"CONNECTED"}) /\ m.epoch >= 0
    [] m.type = "LEADERINFO"   -> FollowerAt(b, {"INFO"}) /\ m.epoch > 0
    [] m.type = "ACKEPOCH"     -> /\ LearnerAt(b, a, {"EPOCH"})
                                  /\ m.epoch < acceptedEpoch[b]
                                  /\ m.zxid.epoch <= acceptedEpoch[b]
    [] m.type = "DIFF"         -> FollowerAt(b, {"EPOCH"})
    [] m.type = "TRUNC"        -> /\ FollowerAt(b, {"EPOCH"})
                                  /\ Reaches(history[b], m.zxid)
                                  /\ CountUpTo(history[b], m.zxid) >= committed[b]
    [] m.type = "SNAP"         -> /\ FollowerAt(b, {"EPOCH"})
                                  /\ Common(history[b], m.history) >= committed[b]
                                  /\ Ascends(m.history)
                                  /\ LastZxid(m.history).epoch <= acceptedEpoch[b]
    [] m.type = "PROPOSAL"     -> /\ FollowerAt(b, {"SYNC", "NEWLEADER", "ACKED", "ACTIVE"})
                                  /\ ZxidLess(LastZxid(history[b]), m.txn.zxid)
                                  /\ m.txn.zxid.epoch <= acceptedEpoch[b]
                                  /\ stage[b] # "SYNC" => m.txn.zxid.epoch = acceptedEpoch[b]
    [] m.type = "COMMIT"       -> /\ FollowerAt(b, {"SYNC", "ACTIVE"})
                                  /\ Reaches(history[b], m.zxid)
    [] m.type = "NEWLEADER"    -> /\ FollowerAt(b, {"SYNC"})
                                  /\ m.zxid = Zxid(acceptedEpoch[b], 0)
    [] m.type = "ACK"          -> /\ LearnerAt(b, a, {"SYNC", "ACKED"})
                                  /\ m.zxid.epoch = acceptedEpoch[b]
                                  /\ m.zxid.counter > 0 => /\ LearnerAt(b, a, {"ACKED"})
                                                           /\ phase[b] = "BROADCAST"
                                                           /\ Reaches(history[b], m.zxid)
    [] m.type = "UPTODATE"     -> FollowerAt(b, {"ACKED"})
=============================================================================
