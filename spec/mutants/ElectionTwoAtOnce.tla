-------------------------- MODULE ElectionTwoAtOnce -------------------------
(* Wrong: A server that leaves an election takes those that agree with it along.                  *)
(* Violates LeavesByElected: in Zab each server is told its leader by a step of its own.          *)
EXTENDS electionoracle

BrokenWaitOver(s) ==
  /\ role[s] = "LOOKING"
  /\ Agreed(s)
  /\ LET v     == vote[s]
         taken == {s} \cup {t \in backers[s] : role[t] = "LOOKING"}
     IN /\ role' = [t \in Server |-> IF t \notin taken THEN role[t]
                                     ELSE IF v.leader = t THEN "LEADING" ELSE "FOLLOWING"]
        /\ vote' = [t \in Server |-> IF t \in taken THEN v ELSE vote[t]]
        /\ backers' = [t \in Server |-> IF t \in taken THEN {} ELSE backers[t]]
        /\ outcome' = [t \in Server |-> IF t \in taken THEN NoOutcome ELSE outcome[t]]
  /\ UNCHANGED <<own, round, link>>
=============================================================================
