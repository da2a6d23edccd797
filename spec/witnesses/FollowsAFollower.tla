-------------------------- MODULE FollowsAFollower --------------------------
(* Servers that leave the election in one round need not agree.  Two servers agree on 2, and the  *)
(* wait of the first runs out.  Then the vote of 3 reaches 2, which adopts it, and follows 3.     *)
(* The first follows 2, which does not lead, until it gives up.                                   *)
EXTENDS BoundedElection

NobodyFollowsAFollower ==
  \A s, l \in Server :
    role[s] = "FOLLOWING" /\ role[l] = "FOLLOWING" /\ round[s] = round[l] => vote[s].leader # l
=============================================================================
