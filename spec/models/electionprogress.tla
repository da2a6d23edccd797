-------------------------- MODULE electionprogress --------------------------
(* Once faults have ended and the links among a quorum are stable, the quorum ends with one       *)
(* leader.  Faults are counted down, so that nothing has to be cut off: the rounds stay few by     *)
(* themselves.                                                                                     *)
EXTENDS BoundedElection

CONSTANTS
  Stable,    \* the servers that stay up, and whose links are stable: a quorum
  MaxFaults  \* how many faults there are before

ASSUME ProgressAssumption == Stable \subseteq Server /\ Quorum(Stable)

VARIABLES
  faults  \* how many may still come; with the last one, servers that are not stable stop

progressVars == <<vars, faults>>

Up(s) == faults > 0 \/ s \in Stable

\* The servers that s leads, or leads with, and itself.
Followers(l) == {s \in Server : Up(s) /\ role[s] # "LOOKING" /\ vote[s].leader = l}

\* Zab gives a role up that is good for nothing: s follows one that does not lead, or has no quorum.
Bereft(s) == \/ role[s] = "FOLLOWING" /\ ~(Up(vote[s].leader) /\ role[vote[s].leader] = "LEADING")
             \/ role[s] = "LEADING" /\ ~Quorum(Followers(s))

\* Nothing is left to do among the servers that are up.
AtRest ==
  \A s \in Server : Up(s) =>
    /\ role[s] = "LOOKING" => ~Agreed(s)
    /\ \A t \in Server \ {s} : Up(t) =>
         /\ HasRead(s, t)
         /\ role[s] = "LOOKING" /\ Arrives(s, t, Settled) => ~Joins(s, t)

\* Zab's timeouts (initLimit and syncLimit, in ticks) are long: compared with them, messages come at
\* once, and the wait is short.
Timeout(s) == Bereft(s) /\ AtRest /\ Abandon(s) /\ UNCHANGED faults

\* s reads what t says.  What a server that stopped had sent was read before, or never is: its last
\* word is not sent again.  Else s and another that is up could send each other back to it for ever.
Hear(s, t) ==
  /\ Up(t)
  /\ \/ JoinRound(s, t) \/ AdoptVote(s, t) \/ CountVote(s, t) \/ PassOver(s, t)
     \/ HearOutcome(s, t) \/ JoinLeader(s, t)
     \/ Answer(s, t) \/ Disregard(s, t)
  /\ UNCHANGED faults

Decide(s) == WaitOver(s) /\ UNCHANGED faults

\* A crash, or a role given up without need.
Fault(s) == faults > 0 /\ faults' = faults - 1 /\ (Crash(s) \/ Abandon(s))

\* No more of them.
Settle == faults > 0 /\ faults' = 0 /\ UNCHANGED vars

ProgressInit == Init /\ faults = MaxFaults

ProgressNext ==
  \/ \E s \in Server : Up(s) /\ (Decide(s) \/ Timeout(s) \/ Fault(s) \/ \E t \in Server : Hear(s, t))
  \/ Settle

(* Fairness *)

\* What a stable server says to another one is read at last, as often as it is said.
FairHear == \A s, t \in Stable : WF_progressVars(Hear(s, t))

\* A wait runs out.
FairDecide == \A s \in Stable : WF_progressVars(Decide(s))

\* Zab's timeouts come.
FairTimeout == \A s \in Stable : WF_progressVars(Timeout(s))

\* Faults end.
FairSettle == WF_progressVars(Settle)

\* What a fairness conjunct is replaced with, to show that it is needed.
Unfair == TRUE

ProgressSpec ==
  /\ ProgressInit /\ [][ProgressNext]_progressVars
  /\ FairHear /\ FairDecide /\ FairTimeout /\ FairSettle

\* Does a quorum of stable servers have the leader l?
Leads(l) == role[l] = "LEADING" /\ Quorum(Followers(l) \cap Stable)

OneLeaderForGood == <>[](\E l \in Stable : Leads(l))

\* And it stays the same one.
OneAndTheSameLeader == \E l \in Server : <>[]Leads(l)
=============================================================================
