---------------------- MODULE HistoryFromAppliedPrefix ----------------------
(* Wrong: a server that gives its role up without a crash goes on with the state that it has        *)
(* applied, and says by that how recent its history is, while a longer log is on its disk          *)
(* (ZOOKEEPER-2845).                                                                              *)
(* Violates HistoriesMatch: s1 has a transaction that was never committed, and says that it has    *)
(* none; s2, which has none, sends DIFF, and s1 puts the next epoch's behind its own.              *)
EXTENDS Reigns

BrokenReceiveLeaderInfo(f, l) ==
  /\ Arrives(f, l, "LEADERINFO")
  /\ FollowerAt(f, {"INFO"})
  /\ LET epoch == Head(messages[l][f]).epoch
     IN IF epoch < acceptedEpoch[f]
        THEN /\ BecomeLooking(f)
             /\ messages' = ClosedAll(messages, f)
             /\ UNCHANGED acceptedEpoch
        ELSE /\ acceptedEpoch' = [acceptedEpoch EXCEPT ![f] = epoch]
             /\ phase' = [phase EXCEPT ![f] = "SYNCHRONIZATION"]
             /\ stage' = [stage EXCEPT ![f] = "EPOCH"]
             /\ Reply(f, l, To(l, <<AckEpoch(IF epoch > acceptedEpoch[f] THEN currentEpoch[f]
                                                                          ELSE NotCounted,
                                             ZxidAt(history[f], committed[f]))>>))
             /\ UNCHANGED <<role, leader, newLeaderAt, pendingCommit, leading>>
  /\ UNCHANGED <<currentEpoch, log, committed>>

\* What s1 proposes does not reach s2.
Unheard == \A i \in DOMAIN history[Second] : history[Second][i].zxid.epoch > 1
=============================================================================
