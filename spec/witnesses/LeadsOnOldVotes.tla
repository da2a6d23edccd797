-------------------------- MODULE LeadsOnOldVotes ---------------------------
(* A server that led, and crashed, leads again by votes that it did not ask for since: those who   *)
(* still follow it tell what they elected before, and the round is the first one, now as then.     *)
(* It shows where the leader had begun a new epoch: it leads by votes for an older one than it     *)
(* has on disk.                                                                                    *)
EXTENDS BoundedElection

LeadsByWhatItHas ==
  \A s \in Server : role[s] = "LEADING" => vote[s].epoch >= own[s].epoch
=============================================================================
