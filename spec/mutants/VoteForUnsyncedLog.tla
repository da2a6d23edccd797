------------------------- MODULE VoteForUnsyncedLog -------------------------
(* Wrong: a server takes part in an election with a log that is not on its disk.                  *)
(* Violates CommittedIsDurable: it leads the next epoch, counts itself among those who have its   *)
(* history, and commits what a crash takes from it.                                               *)
EXTENDS quick

BrokenElected(s, l) ==
  /\ role[s] = "LOOKING"
  /\ role' = [role EXCEPT ![s] = IF l = s THEN "LEADING" ELSE "FOLLOWING"]
  /\ phase' = [phase EXCEPT ![s] = "DISCOVERY"]
  /\ leader' = [leader EXCEPT ![s] = l]
  /\ proposedEpoch' = [proposedEpoch EXCEPT ![s] = IF l = s THEN acceptedEpoch[s] + 1 ELSE 0]
  /\ gathered' = [gathered EXCEPT ![s] = IF l = s THEN {s} ELSE {}]
  /\ UNCHANGED <<persistent, committed, following, learner, acked, messages>>
=============================================================================
