--------------------------- MODULE RefusesToStart ---------------------------
(* Wrong: A server whose log ends in a later epoch than the one it has stored refuses to start    *)
(* (ZOOKEEPER-1653, 2354).                                                                        *)
(* Violates LeaderEmerges: it crashed after it had the history of epoch 2 and before it stored    *)
(* the epoch, and without it there is no quorum.                                                  *)
EXTENDS progressDisks

BrokenElected(s, l) ==
  /\ role[s] = "LOOKING"
  /\ Synced(s)
  /\ LastZxid(history[s]).epoch <= currentEpoch[s]
  /\ role' = [role EXCEPT ![s] = IF l = s THEN "LEADING" ELSE "FOLLOWING"]
  /\ phase' = [phase EXCEPT ![s] = "DISCOVERY"]
  /\ leader' = [leader EXCEPT ![s] = l]
  /\ proposedEpoch' = [proposedEpoch EXCEPT ![s] = IF l = s THEN acceptedEpoch[s] + 1 ELSE 0]
  /\ gathered' = [gathered EXCEPT ![s] = IF l = s THEN {s} ELSE {}]
  /\ UNCHANGED <<persistent, committed, following, learner, acked, messages>>
=============================================================================
