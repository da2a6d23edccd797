-------------------------- MODULE LeadsARefusedEpoch --------------------------
(* Wrong: a leader that has stored its epoch waits for its learners for ever. Violates LeaderStays: *)
(* one of those that made up its quorum stopped, and has made the other accept a later epoch, of    *)
(* another leader that came to nothing. Each time that this one follows, it refuses the epoch.     *)
EXTENDS progressMisled

BothLead == Told([s \in Server |-> IF s = Third THEN None ELSE s], OfOthers, OfOthers, OfThird)

BrokenInVain(l) ==
  /\ role[l] = "LEADING"
  /\ acceptedEpoch[l] = proposedEpoch[l]
  /\ phase[l] = "DISCOVERY"
  /\ ~Quorum(gathered[l] \cup {f \in Stable : MayCount(l, f)})
===============================================================================
