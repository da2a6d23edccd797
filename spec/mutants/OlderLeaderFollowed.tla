------------------------ MODULE OlderLeaderFollowed ------------------------
(* Wrong: a follower follows a leader of an older epoch than the one that it has accepted, though   *)
(* it keeps the newer one.                                                                        *)
(* Violates Receptive: it acknowledges with its own epoch, which the leader does not know.        *)
EXTENDS Rivalry

BrokenReceiveLeaderInfo(f, l) ==
  /\ Arrives(f, l, "LEADERINFO")
  /\ FollowerAt(f, {"INFO"})
  /\ LET epoch == Head(messages[l][f]).epoch
     IN /\ acceptedEpoch' = [acceptedEpoch EXCEPT ![f] = Max(@, epoch)]
        /\ phase' = [phase EXCEPT ![f] = "SYNCHRONIZATION"]
        /\ stage' = [stage EXCEPT ![f] = "EPOCH"]
        /\ Reply(f, l, To(l, <<AckEpoch(IF epoch > acceptedEpoch[f] THEN currentEpoch[f]
                                                                     ELSE NotCounted,
                                        LastZxid(history[f]))>>))
        /\ UNCHANGED <<role, leader, newLeaderAt, pendingCommit, leading>>
  /\ UNCHANGED <<currentEpoch, log, committed>>
=============================================================================
