------------------------- MODULE OlderEpochAccepted -------------------------
(* Wrong: a follower skips the check of the epoch, and accepts an older one than it has accepted.  *)
(* Violates TypeOK: a server that has taken over the history of epoch 2 accepts epoch 1, so that   *)
(* its currentEpoch is above its acceptedEpoch.                                                   *)
EXTENDS Rivalry

BrokenReceiveLeaderInfo(f, l) ==
  /\ Arrives(f, l, "LEADERINFO")
  /\ FollowerAt(f, {"INFO"})
  /\ LET epoch == Head(messages[l][f]).epoch
     IN /\ acceptedEpoch' = [acceptedEpoch EXCEPT ![f] = epoch]
        /\ phase' = [phase EXCEPT ![f] = "SYNCHRONIZATION"]
        /\ stage' = [stage EXCEPT ![f] = "EPOCH"]
        /\ Reply(f, l, To(l, <<AckEpoch(IF epoch > acceptedEpoch[f] THEN currentEpoch[f]
                                                                     ELSE NotCounted,
                                        LastZxid(history[f]))>>))
        /\ UNCHANGED <<role, leader, newLeaderAt, pendingCommit, leading>>
  /\ UNCHANGED <<currentEpoch, log, committed>>
=============================================================================
