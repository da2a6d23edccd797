---------------------------- MODULE ZabProgress ----------------------------
(***************************************************************************)
(* What Zab.tla promises to do, as against what it promises never to do:    *)
(* once a quorum is stable and connected it gets a leader in BROADCAST, and *)
(* what that leader proposes is committed.                                  *)
(*                                                                          *)
(* Zab's faults may strike at any time and for ever, and its election       *)
(* oracle may name anybody; nothing can be promised then.  This module says *)
(* what must be assumed:                                                    *)
(*                                                                          *)
(* - Of the servers in Stable, a quorum, each step that they can take is    *)
(*   taken at last (fairness, below, a conjunct an action).  Nothing of the *)
(*   sort holds of the others: those in Loose may do anything, and stop;    *)
(*   the rest are down.  Each role that a server in Loose takes costs one   *)
(*   of `budget`, as below: beside two leaders, it could make up a quorum   *)
(*   of one and of the other in turn, with ever new epochs.                 *)
(*                                                                          *)
(* - What strikes servers in Stable without a cause strikes a number of     *)
(*   times: a crash, a connection that breaks while both ends are open, a   *)
(*   role given up for nothing, an election that names the wrong server.    *)
(*   Each costs one of `budget`.  Because it is a variable, and not a       *)
(*   bound in CONSTRAINT, no behaviour is cut: the graph is finite as it    *)
(*   is, epochs included, and a behaviour that needs ever new epochs would  *)
(*   show as a model that does not end.  Client requests are bounded in the *)
(*   same manner.                                                           *)
(*                                                                          *)
(* - What has a cause is free, and follows at last.  A follower gives up    *)
(*   when its connection broke, when its leader does not lead, or is silent *)
(*   for being outside Stable.  A leader gives up when it is deserted, and  *)
(*   when its wait for a quorum is in vain.  These are the time limits of   *)
(*   an implementation at their best: never too short.                      *)
(*                                                                          *)
(* - The election settles: it names the leader that a quorum of Stable      *)
(*   follows if there is one, else one of those whose history is most       *)
(*   recent, the same to everybody.                                         *)
(*                                                                          *)
(* Every step is one of Zab's or leaves Zab's variables alone, so all its   *)
(* invariants hold here.                                                    *)
(***************************************************************************)
EXTENDS Zab

CONSTANTS
  Stable,   \* the quorum that goes on
  Loose,    \* the servers that may do anything, and stop at any time
  Faults,   \* how often Stable is struck
  Requests  \* how many requests the clients have

ASSUME StabilityAssumption == /\ Stable \cup Loose \subseteq Server
                              /\ Stable \cap Loose = {}
                              /\ Quorum(Stable)
                              /\ Faults \in Nat /\ Requests \in Nat

VARIABLES
  budget,   \* how many faults are still to come
  requests  \* how many requests are still to come

counts       == <<budget, requests>>
progressVars == <<vars, counts>>

\* The servers that take steps.
Awake == Stable \cup Loose

\* A step that is part of the protocol; one that is a fault; one that is a request.
Free  == UNCHANGED counts
Costs == budget > 0 /\ budget' = budget - 1 /\ UNCHANGED requests
Asks  == requests > 0 /\ requests' = requests - 1 /\ UNCHANGED budget

\* A server outside Stable takes a role once more.
Intrudes == Costs

----------------------------------------------------------------------------
(* The election, when it settles *)

Supporters(l) == {s \in Stable : leader[s] = l}

\* Is the history of s more recent than that of t?
Ahead(s, t) == \/ currentEpoch[s] > currentEpoch[t]
               \/ /\ currentEpoch[s] = currentEpoch[t]
                  /\ ZxidLess(LastZxid(history[t]), LastZxid(history[s]))

Reigns(l) == role[l] = "LEADING" /\ Quorum(Supporters(l))

Nominee == IF \E l \in Stable : Reigns(l)
           THEN CHOOSE l \in Stable : Reigns(l)
           ELSE CHOOSE s \in Stable : \A t \in Stable : ~Ahead(t, s)

----------------------------------------------------------------------------
(* When a server gives up, and has a reason *)

\* The other end of a connection is closed, or never was open.
Broken(s, t) == ~EndOpen(t, s)

\* A follower whose connection broke, that finds nobody to connect to, or hears no more.
Forsaken(f) ==
  /\ role[f] = "FOLLOWING"
  /\ \/ stage[f] # "NONE" /\ Broken(f, leader[f])
     \/ stage[f] = "NONE" /\ role[leader[f]] # "LEADING"
     \/ leader[f] \notin Stable

\* A leader that a quorum does not follow, where the election names another one.  When it would
\* name the same again, those who left come back, and to give up before costs one fault.
Deserted(l) == role[l] = "LEADING" /\ Nominee # l

\* Can l still get from f an answer to its epoch that counts?
MayCount(l, f) == \/ acceptedEpoch[f] < acceptedEpoch[l]
                  \/ Arrives(l, f, "ACKEPOCH") /\ Head(messages[f][l]).epoch # NotCounted

\* A leader whose epoch no quorum will accept.  In DISCOVERY: an answer was lost on a broken
\* connection, and the next one does not count; or who could answer has accepted a later epoch, or
\* is ahead.  Afterwards: too many have accepted a later epoch, and refuse this one for good.  What
\* makes up for them is outside Stable, and silent at last.
InVain(l) ==
  /\ role[l] = "LEADING"
  /\ acceptedEpoch[l] = proposedEpoch[l]
  /\ IF phase[l] = "DISCOVERY"
     THEN ~Quorum(gathered[l] \cup {f \in Stable : MayCount(l, f)})
     ELSE ~Quorum({f \in Stable : acceptedEpoch[f] <= acceptedEpoch[l]})

----------------------------------------------------------------------------
(* The actions: Zab's, and what they cost *)

SoberElected(s, l) ==
  Elected(s, l) /\ IF s \notin Stable THEN Intrudes ELSE IF l = Nominee THEN Free ELSE Costs

SoberConnect(f, l)             == Connect(f, l) /\ Free
SoberReceiveFollowerInfo(l, f) == ReceiveFollowerInfo(l, f) /\ Free
SoberReceiveLeaderInfo(f, l)   == ReceiveLeaderInfo(f, l) /\ Free
SoberReceiveAckEpoch(l, f)     == ReceiveAckEpoch(l, f) /\ Free
SoberReceiveDiff(f, l)         == ReceiveDiff(f, l) /\ Free
SoberReceiveTrunc(f, l)        == ReceiveTrunc(f, l) /\ Free
SoberReceiveSnap(f, l)         == ReceiveSnap(f, l) /\ Free
SoberReceiveNewLeader(f, l)    == ReceiveNewLeader(f, l) /\ Free
SoberReceiveUpToDate(f, l)     == ReceiveUpToDate(f, l) /\ Free
SoberReceiveProposal(f, l)     == ReceiveProposal(f, l) /\ Free
SoberReceiveAck(l, f)          == ReceiveAck(l, f) /\ Free
SoberReceiveCommit(f, l)       == ReceiveCommit(f, l) /\ Free
SoberSync(s, k)                == Sync(s, k) /\ Free
SoberStoreCurrentEpoch(s)      == StoreCurrentEpoch(s) /\ Free
SoberPropose(l, v)             == Propose(l, v) /\ Asks

SoberLoseLearner(l, f) ==
  LoseLearner(l, f) /\ IF {l, f} \subseteq Stable /\ ~Broken(l, f) THEN Costs ELSE Free

SoberAbandon(s) ==
  Abandon(s) /\ IF s \notin Stable \/ Forsaken(s) \/ Deserted(s) \/ InVain(s) THEN Free ELSE Costs

SoberCrash(s, k)      == Crash(s, k) /\ IF s \in Stable THEN Costs ELSE Free
SoberCrashUncut(s, k) == CrashUncut(s, k) /\ IF s \in Stable THEN Costs ELSE Free

\* Where a model begins: where Zab does, unless its configuration says otherwise.
Start == Init

\* All servers have started again, with this on their disks, and the election has told s to follow
\* told[s]; nothing yet, where that is None.
Restarted(accepted, current, logs, told) ==
  /\ acceptedEpoch = accepted
  /\ currentEpoch = current
  /\ history = logs
  /\ durable = [s \in Server |-> Len(logs[s])]
  /\ cutTail = [s \in Server |-> <<>>]
  /\ role = [s \in Server |-> CASE told[s] = None -> "LOOKING" [] told[s] = s -> "LEADING" [] OTHER -> "FOLLOWING"]
  /\ phase = [s \in Server |-> IF told[s] = None THEN "ELECTION" ELSE "DISCOVERY"]
  /\ leader = told
  /\ committed = [s \in Server |-> 0]
  /\ stage = [s \in Server |-> "NONE"]
  /\ newLeaderAt = [s \in Server |-> -1]
  /\ pendingCommit = [s \in Server |-> 0]
  /\ learner = [s \in Server |-> [f \in Server |-> NoLearner]]
  /\ proposedEpoch = [s \in Server |-> IF told[s] = s THEN accepted[s] + 1 ELSE 0]
  /\ gathered = [s \in Server |-> IF told[s] = s THEN {s} ELSE {}]
  /\ acked = [s \in Server |-> [f \in Server |-> ZeroZxid]]
  /\ messages = [a \in Server |-> [b \in Server |-> <<>>]]

ProgressInit == Start /\ budget = Faults /\ requests = Requests

ProgressNext ==
  \/ \E s \in Awake, l \in Server : SoberElected(s, l)
  \/ \E s, t \in Awake : \/ SoberConnect(s, t)
                         \/ SoberReceiveFollowerInfo(s, t)
                         \/ SoberReceiveLeaderInfo(s, t)
                         \/ SoberReceiveAckEpoch(s, t)
                         \/ SoberReceiveDiff(s, t)
                         \/ SoberReceiveTrunc(s, t)
                         \/ SoberReceiveSnap(s, t)
                         \/ SoberReceiveNewLeader(s, t)
                         \/ SoberReceiveUpToDate(s, t)
                         \/ SoberReceiveProposal(s, t)
                         \/ SoberReceiveAck(s, t)
                         \/ SoberReceiveCommit(s, t)
                         \/ SoberLoseLearner(s, t)
  \/ \E s \in Awake, v \in Value : SoberPropose(s, v)
  \/ \E s \in Awake : \/ \E k \in 0 .. Len(history[s]) : SoberSync(s, k) \/ SoberCrash(s, k)
                      \/ SoberStoreCurrentEpoch(s)
                      \/ SoberAbandon(s)
                      \/ \E k \in 1 .. Len(cutTail[s]) : SoberCrashUncut(s, k)

----------------------------------------------------------------------------
(* Fairness *)
(*                                                                         *)
(* A conjunct an action, for every server or pair of servers in Stable.    *)
(* Weak fairness does: whoever waits for one of these steps does nothing   *)
(* else in between.  None is there for nothing: without it the ensemble    *)
(* stands still, or goes round.                                            *)

\* An election that has settled tells everybody who looks.
FairElected == \A s \in Stable : WF_progressVars(SoberElected(s, Nominee) /\ Free)

\* A follower tries to reach its leader again and again.
FairConnect == \A f \in Stable : \A l \in Stable \ {f} : WF_progressVars(SoberConnect(f, l))

\* A connection that is open delivers, in order: one conjunct a type of message.
FairFollowerInfo == \A s \in Stable : \A t \in Stable \ {s} : WF_progressVars(SoberReceiveFollowerInfo(s, t))
FairLeaderInfo   == \A s \in Stable : \A t \in Stable \ {s} : WF_progressVars(SoberReceiveLeaderInfo(s, t))
FairAckEpoch     == \A s \in Stable : \A t \in Stable \ {s} : WF_progressVars(SoberReceiveAckEpoch(s, t))
FairDiff         == \A s \in Stable : \A t \in Stable \ {s} : WF_progressVars(SoberReceiveDiff(s, t))
FairTrunc        == \A s \in Stable : \A t \in Stable \ {s} : WF_progressVars(SoberReceiveTrunc(s, t))
FairSnap         == \A s \in Stable : \A t \in Stable \ {s} : WF_progressVars(SoberReceiveSnap(s, t))
FairNewLeader    == \A s \in Stable : \A t \in Stable \ {s} : WF_progressVars(SoberReceiveNewLeader(s, t))
FairUpToDate     == \A s \in Stable : \A t \in Stable \ {s} : WF_progressVars(SoberReceiveUpToDate(s, t))
FairProposal     == \A s \in Stable : \A t \in Stable \ {s} : WF_progressVars(SoberReceiveProposal(s, t))
FairAck          == \A s \in Stable : \A t \in Stable \ {s} : WF_progressVars(SoberReceiveAck(s, t))
FairCommit       == \A s \in Stable : \A t \in Stable \ {s} : WF_progressVars(SoberReceiveCommit(s, t))

\* The disk ends the syncs it began.  That they cover some of the log is enough: its end comes
\* nearer each time.
FairSync == \A s \in Stable :
              WF_progressVars(\E k \in 0 .. Len(history[s]) : SoberSync(s, k))

\* A server whose history is on disk goes on to store the epoch.
FairStoreCurrentEpoch == \A s \in Stable : WF_progressVars(SoberStoreCurrentEpoch(s))

\* A leader finds out that the other end of a connection is closed: by an error, or by silence.
FairLoseLearner == \A l \in Stable : \A f \in Stable \ {l} :
                     WF_progressVars(Broken(l, f) /\ SoberLoseLearner(l, f))

\* A follower without a leader runs out of time, or of attempts.
FairForsaken == \A f \in Stable : WF_progressVars(Forsaken(f) /\ SoberAbandon(f))

\* A leader without a quorum runs out of time, if it had one ...
FairDeserted == \A l \in Stable : WF_progressVars(Deserted(l) /\ SoberAbandon(l))

\* ... and if it never had.
FairInVain == \A l \in Stable : WF_progressVars(InVain(l) /\ SoberAbandon(l))

Fairness ==
  /\ FairElected
  /\ FairConnect
  /\ FairFollowerInfo
  /\ FairLeaderInfo
  /\ FairAckEpoch
  /\ FairDiff
  /\ FairTrunc
  /\ FairSnap
  /\ FairNewLeader
  /\ FairUpToDate
  /\ FairProposal
  /\ FairAck
  /\ FairCommit
  /\ FairSync
  /\ FairStoreCurrentEpoch
  /\ FairLoseLearner
  /\ FairForsaken
  /\ FairDeserted
  /\ FairInVain

\* What a fairness conjunct is replaced with, to show that it is needed.
Unfair == TRUE

ProgressSpec == ProgressInit /\ [][ProgressNext]_progressVars /\ Fairness

----------------------------------------------------------------------------
(* Properties *)

\* l leads in BROADCAST, and has brought f up to date; or f is l itself.
Serves(l, f) == /\ role[l] = "LEADING"
                /\ phase[l] = "BROADCAST"
                /\ f # l => /\ FollowerAt(f, {"ACTIVE"})
                            /\ leader[f] = l
                            /\ LearnerAt(l, f, {"ACKED"})

ServesAll(l, Q) == \A f \in Q : Serves(l, f)

\* The quorums of Stable.
Majority == {Q \in SUBSET Stable : Quorum(Q)}

QuorumLooks    == \E Q \in Majority : \A s \in Q : role[s] = "LOOKING"
QuorumIsServed == \E l \in Stable, Q \in Majority : l \in Q /\ ServesAll(l, Q)

\* A quorum that looks for a leader gets one, and it comes to BROADCAST.
LeaderEmerges == QuorumLooks ~> QuorumIsServed

\* Whatever happened, a leader serves at last, and goes on.
LeaderStays == <>[]QuorumIsServed

\* l serves a quorum, and no fault is to come.
Steady(l) == budget = 0 /\ \E Q \in Majority : l \in Q /\ ServesAll(l, Q)

\* l has the n-th transaction, and all that it serves, itself included, have delivered it.
Delivered(l, n) == Len(history[l]) >= n /\ \A s \in Stable : Serves(l, s) => committed[s] >= n

\* The longest history that there can be.
LongestHistory == Requests

\* What a leader has proposed is committed, and all that it serves deliver it, while it serves a
\* quorum and no fault is to come.
ProposedIsCommitted ==
  \A l \in Stable, n \in 1 .. LongestHistory :
    (Steady(l) /\ Len(history[l]) >= n) ~> (Steady(l) /\ Delivered(l, n))

\* All members of Stable are served by one leader at last.  Not promised for a Stable that is
\* larger than a quorum needs to be (witnesses/RefusesForEver.tla).
EverybodyIsServed == \E l \in Stable : ServesAll(l, Stable)
EverybodyJoins    == <>[]EverybodyIsServed
=============================================================================
