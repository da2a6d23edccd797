------------------------ MODULE ElectionCastElsewhere -----------------------
(* Wrong: The observer writes down votes under the round before.                                  *)
(* Violates HistoryTypeOK: there is no round 0.                                                   *)
EXTENDS electioncast

BrokenRemember ==
  cast' = [s \in Server |->
             IF role'[s] = "LOOKING"
             THEN cast[s] \cup {[round |-> round'[s] - 1, vote |-> vote'[s], own |-> own'[s]]}
             ELSE cast[s]]
=============================================================================
