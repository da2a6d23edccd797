------------------------- MODULE FastLeaderElection -------------------------
(***************************************************************************)
(* Fast leader election, as ZooKeeper's servers run it: by votes that they  *)
(* send one another, each server finds a leader to follow, or that it is    *)
(* to lead.  For Zab.tla this is an oracle, Elected(s, l); ElectionOracle   *)
(* in this folder says that the one implements the other.                   *)
(*                                                                          *)
(* A server that is LOOKING votes, at first for itself, and adopts any      *)
(* vote that beats its own: a larger epoch, or in the same epoch a larger   *)
(* zxid, or with both the same a larger server id.  Rounds (the logical     *)
(* clock, in memory only) keep old votes out: a server that hears of a      *)
(* later round starts again in that one.  When a quorum agrees with it, it  *)
(* waits a while for a vote that beats its own, and then leaves.  Servers   *)
(* that have left answer those that still look, which may join them.        *)
(*                                                                          *)
(* Actions are written as in Zab.tla: one acting server, the first          *)
(* parameter; it reads and writes its own variables, takes from links into  *)
(* it and adds to links out of it.  Every choice is a parameter.            *)
(*                                                                          *)
(* What is coarse here, and why nothing is lost by it:                      *)
(*                                                                          *)
(* - A link keeps its newest message.  A new one takes the place of one     *)
(*   that is not sent yet, and what was sent last is sent again on the next *)
(*   connection.  So the newest message can be read any number of times, or *)
(*   never, which stands for all loss, and a server that sends its vote     *)
(*   again after a time without news needs no action.  At most Flight older *)
(*   messages are under way before the newest; they come once, in order, or *)
(*   are lost together (Lose).                                              *)
(*                                                                          *)
(* - Time does not pass.  The wait of a server runs whenever a quorum       *)
(*   agrees with its vote, and may run out then (WaitOver); what it hears   *)
(*   until then counts as ever.                                             *)
(*                                                                          *)
(* - A server that is down is one that looks and takes no step.  So Crash   *)
(*   is also the restart: the server is LOOKING in round 1, and that its    *)
(*   first messages are not read before it is up again is a late reading.   *)
(*                                                                          *)
(* - A server counts its own vote at once.                                  *)
(*                                                                          *)
(* - A vote that is smaller than one's own is not kept, only the fact that  *)
(*   it is not for one's own: in a round a vote only grows, and those that  *)
(*   are behind will never be what it is.                                   *)
(*                                                                          *)
(* Not modelled: observers, reconfiguration and the configurations that     *)
(* notifications carry, weights, older forms of the notification.           *)
(***************************************************************************)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS
  Server,  \* the servers of the ensemble, all of which vote: their ids, which are numbers
  Claim,   \* what a server may have on disk: pairs [epoch, zxid] of currentEpoch and last zxid
  Flight,  \* how many messages can be under way on a link before the newest one
  None     \* no notification

ASSUME ElectionAssumption ==
  /\ Server \subseteq Nat /\ Cardinality(Server) > 1
  /\ Flight \in Nat

VARIABLES
  \* On disk.
  own,      \* the server's own [epoch, zxid]; only what it does after an election changes it

  \* In memory.
  role,     \* "LOOKING", "FOLLOWING" or "LEADING"
  round,    \* the logical clock: the round of election that it is in, or left
  vote,     \* whom it votes for while it looks, and whom it follows then: [leader, epoch, zxid]
  backers,  \* while it looks: the others whose last word was its own vote, in its round
  outcome,  \* while it looks: for each server its last word, if that was sent after an election

  \* Between the servers.
  link      \* link[a][b]: what a sent to b; the last one stays

vars == <<own, role, round, vote, backers, outcome, link>>

----------------------------------------------------------------------------
(* Votes *)

ZxidLess(y, z) == \/ y.epoch < z.epoch
                  \/ y.epoch = z.epoch /\ y.counter < z.counter

\* Is c behind d?  The epoch that a server last took part in counts before its zxid.
ClaimLess(c, d) == \/ c.epoch < d.epoch
                   \/ c.epoch = d.epoch /\ ZxidLess(c.zxid, d.zxid)

VoteFor(l, c)   == [leader |-> l, epoch |-> c.epoch, zxid |-> c.zxid]
ClaimOf(v)      == [epoch |-> v.epoch, zxid |-> v.zxid]
OwnVote(s)      == VoteFor(s, own[s])

\* The order of votes: epoch, zxid, id.
Beats(v, w) == \/ ClaimLess(ClaimOf(w), ClaimOf(v))
               \/ ClaimOf(w) = ClaimOf(v) /\ v.leader > w.leader

Larger(v, w) == IF Beats(v, w) THEN v ELSE w

\* Are v and w for the same leader in the same epoch?  What a server says after an election is
\* compared like this: zxid and round are those of the election that it left, and servers that
\* follow one leader may have left different ones.
SameLeader(v, w) == v.leader = w.leader /\ v.epoch = w.epoch

Quorum(S) == 2 * Cardinality(S) > Cardinality(Server)

----------------------------------------------------------------------------
(* Notifications and links *)

Notification(state, r, v) == [state |-> state, round |-> r, vote |-> v]

\* What s says when it speaks.
WordOf(s) == Notification(role[s], round[s], vote[s])

Last(q) == q[Len(q)]

\* Link q, after m was sent on it.
Put(q, m) == IF q # <<>> /\ Last(q) = m THEN q
             ELSE IF Len(q) <= Flight THEN Append(q, m)
             ELSE [q EXCEPT ![Len(q)] = m]

\* Link q, after its oldest message was read; the newest can come again.
Rest(q) == IF Len(q) > 1 THEN Tail(q) ELSE q

\* Link q, after its connection broke.
Cut(q) == IF Len(q) > 1 THEN <<Last(q)>> ELSE q

\* Links, after s read from t, after a sent m to all others, and to b alone.
Taken(links, s, t)    == [links EXCEPT ![t][s] = Rest(@)]
SentToAll(links, a, m) == [links EXCEPT ![a] = [b \in Server |-> IF b = a THEN @[b] ELSE Put(@[b], m)]]
SentTo(links, a, b, m) == [links EXCEPT ![a][b] = Put(@, m)]

\* The next message that s reads from t, and whether there is one from a server in that state.
Word(s, t) == Head(link[t][s])
Arrives(s, t, states) == link[t][s] # <<>> /\ Head(link[t][s]).state \in states

----------------------------------------------------------------------------
(* Roles *)

NoOutcome == [t \in Server |-> None]

\* What a server remembers of the others goes when it leaves, and when it begins to look.
Forget(s) ==
  /\ backers' = [backers EXCEPT ![s] = {}]
  /\ outcome' = [outcome EXCEPT ![s] = NoOutcome]

\* s begins to look in round r, and tells all others.
Look(s, r, links) ==
  /\ role' = [role EXCEPT ![s] = "LOOKING"]
  /\ round' = [round EXCEPT ![s] = r]
  /\ vote' = [vote EXCEPT ![s] = OwnVote(s)]
  /\ Forget(s)
  /\ link' = SentToAll(links, s, Notification("LOOKING", r, OwnVote(s)))

\* s leaves the election of round r with vote v.
Leave(s, r, v) ==
  /\ role' = [role EXCEPT ![s] = IF v.leader = s THEN "LEADING" ELSE "FOLLOWING"]
  /\ round' = [round EXCEPT ![s] = r]
  /\ vote' = [vote EXCEPT ![s] = v]
  /\ Forget(s)

\* All servers have just started, with anything on disk.
Init ==
  /\ own \in [Server -> Claim]
  /\ role = [s \in Server |-> "LOOKING"]
  /\ round = [s \in Server |-> 1]
  /\ vote = [s \in Server |-> OwnVote(s)]
  /\ backers = [s \in Server |-> {}]
  /\ outcome = [s \in Server |-> NoOutcome]
  /\ link = [a \in Server |-> [b \in Server |-> IF a = b THEN <<>> ELSE <<WordOf(a)>>]]

----------------------------------------------------------------------------
(* The votes of those who look *)

\* The last word of t is that it looks: it neither follows nor leads.
Undecided(s, t) == outcome' = [outcome EXCEPT ![s][t] = None]

\* s hears of a later round.  It goes there, and votes anew: for the larger of its own vote, from
\* before any election, and of the one it hears.
JoinRound(s, t) ==
  /\ role[s] = "LOOKING"
  /\ Arrives(s, t, {"LOOKING"})
  /\ LET n == Word(s, t)
         v == Larger(n.vote, OwnVote(s))
     IN /\ n.round > round[s]
        /\ round' = [round EXCEPT ![s] = n.round]
        /\ vote' = [vote EXCEPT ![s] = v]
        /\ backers' = [backers EXCEPT ![s] = IF v = n.vote THEN {t} ELSE {}]
        /\ link' = SentToAll(Taken(link, s, t), s, Notification("LOOKING", n.round, v))
  /\ Undecided(s, t)
  /\ UNCHANGED <<own, role>>

\* s hears a vote of its round that beats its own: it adopts it, and those that agreed with its
\* old one no longer do.
AdoptVote(s, t) ==
  /\ role[s] = "LOOKING"
  /\ Arrives(s, t, {"LOOKING"})
  /\ LET n == Word(s, t)
     IN /\ n.round = round[s]
        /\ Beats(n.vote, vote[s])
        /\ vote' = [vote EXCEPT ![s] = n.vote]
        /\ backers' = [backers EXCEPT ![s] = {t}]
        /\ link' = SentToAll(Taken(link, s, t), s, Notification("LOOKING", round[s], n.vote))
  /\ Undecided(s, t)
  /\ UNCHANGED <<own, role, round>>

\* s hears another vote of its round, its own or a smaller one.
CountVote(s, t) ==
  /\ role[s] = "LOOKING"
  /\ Arrives(s, t, {"LOOKING"})
  /\ LET n == Word(s, t)
     IN /\ n.round = round[s]
        /\ ~Beats(n.vote, vote[s])
        /\ backers' = [backers EXCEPT ![s] = IF n.vote = vote[s] THEN @ \cup {t} ELSE @ \ {t}]
  /\ link' = Taken(link, s, t)
  /\ Undecided(s, t)
  /\ UNCHANGED <<own, role, round, vote>>

\* s hears a vote of an earlier round.  It does not count; that of s, which t needs, is the newest
\* message on the link to t already.
PassOver(s, t) ==
  /\ role[s] = "LOOKING"
  /\ Arrives(s, t, {"LOOKING"})
  /\ Word(s, t).round < round[s]
  /\ backers' = [backers EXCEPT ![s] = @ \ {t}]
  /\ link' = Taken(link, s, t)
  /\ Undecided(s, t)
  /\ UNCHANGED <<own, role, round, vote>>

\* Does a quorum agree with s, by votes of its round?
Agreed(s) == Quorum(backers[s] \cup {s})

\* A quorum agrees with s, and in the time that s waits no vote arrived that beats its own.
WaitOver(s) ==
  /\ role[s] = "LOOKING"
  /\ Agreed(s)
  /\ Leave(s, round[s], vote[s])
  /\ UNCHANGED <<own, link>>

----------------------------------------------------------------------------
(* The words of those who left *)

\* What s knows of those who left, with the message that comes from t.
Outcomes(s, t) == [outcome[s] EXCEPT ![t] = Word(s, t)]

\* Who says, whatever the round of the election that they left, what n says?
Established(known, n) ==
  {u \in Server : known[u] # None /\ SameLeader(known[u].vote, n.vote)}

\* And in the round of s alone, where votes of those who still look count as well?
InRound(s, t, known, n) ==
  {u \in Established(known, n) : known[u].round = round[s]}
    \cup (IF n.vote = vote[s] THEN (backers[s] \ {t}) \cup {s} ELSE {})

\* Does l say itself that it leads, to s?  Without this a server that crashed could be elected
\* again and again.  When s is l it knows, if the word is from its round.
Confirmed(s, known, n) ==
  LET l == n.vote.leader
  IN IF l = s THEN n.round = round[s]
     ELSE known[l] # None /\ known[l].state = "LEADING"

\* And in the round of s?
ConfirmedInRound(s, known, n) ==
  Confirmed(s, known, n) /\ (n.vote.leader # s => known[n.vote.leader].round = round[s])

\* Is the message that comes from t what s needed to join a leader?
Joins(s, t) ==
  LET n     == Word(s, t)
      known == Outcomes(s, t)
  IN \/ /\ n.round = round[s]
        /\ Quorum(InRound(s, t, known, n))
        /\ ConfirmedInRound(s, known, n)
     \/ /\ Quorum(Established(known, n))
        /\ Confirmed(s, known, n)

Settled == {"FOLLOWING", "LEADING"}

\* t, which follows or leads, tells s; that is not enough for s to join.
HearOutcome(s, t) ==
  /\ role[s] = "LOOKING"
  /\ Arrives(s, t, Settled)
  /\ ~Joins(s, t)
  /\ outcome' = [outcome EXCEPT ![s] = Outcomes(s, t)]
  /\ backers' = [backers EXCEPT ![s] = @ \ {t}]
  /\ link' = Taken(link, s, t)
  /\ UNCHANGED <<own, role, round, vote>>

\* With what t says s knows of a leader that a quorum has, and joins it, in the round that t left.
\* There is nothing to wait for.
JoinLeader(s, t) ==
  /\ role[s] = "LOOKING"
  /\ Arrives(s, t, Settled)
  /\ Joins(s, t)
  /\ Leave(s, Word(s, t).round, Word(s, t).vote)
  /\ link' = Taken(link, s, t)
  /\ UNCHANGED own

\* s, which follows or leads, is asked by t, which looks.
Answer(s, t) ==
  /\ role[s] # "LOOKING"
  /\ Arrives(s, t, {"LOOKING"})
  /\ link' = SentTo(Taken(link, s, t), s, t, WordOf(s))
  /\ UNCHANGED <<own, role, round, vote, backers, outcome>>

\* s has left, and hears from another that has.
Disregard(s, t) ==
  /\ role[s] # "LOOKING"
  /\ Arrives(s, t, Settled)
  /\ link' = Taken(link, s, t)
  /\ UNCHANGED <<own, role, round, vote, backers, outcome>>

----------------------------------------------------------------------------
(* What a server does between elections *)

\* Following or leading changed what s has on disk to c: perhaps only its log, which may have been
\* cut, or also its currentEpoch, to one above that of its vote.  Then the vote tells the new epoch,
\* so that those who look find the same at all that follow one leader.
Serve(s, c) ==
  /\ role[s] # "LOOKING"
  /\ c # own[s]
  /\ c.epoch # own[s].epoch => c.epoch > own[s].epoch /\ c.epoch > vote[s].epoch
  /\ own' = [own EXCEPT ![s] = c]
  /\ vote' = [vote EXCEPT ![s].epoch = IF c.epoch > own[s].epoch THEN c.epoch ELSE @]
  /\ UNCHANGED <<role, round, backers, outcome, link>>

\* s gives its role up, and begins a new round.
Abandon(s) ==
  /\ role[s] # "LOOKING"
  /\ Look(s, round[s] + 1, link)
  /\ UNCHANGED own

----------------------------------------------------------------------------
(* Faults *)

\* s crashes and starts again, in round 1.  Its connections are gone, with what was under way to it.
Crash(s) ==
  /\ Look(s, 1, [a \in Server |-> [link[a] EXCEPT ![s] = Cut(@)]])
  /\ UNCHANGED own

\* s finds the connection on which t sends broken.
Lose(s, t) ==
  /\ Len(link[t][s]) > 1
  /\ link' = [link EXCEPT ![t][s] = Cut(@)]
  /\ UNCHANGED <<own, role, round, vote, backers, outcome>>

----------------------------------------------------------------------------

Looking == \E s, t \in Server : \/ JoinRound(s, t)
                                \/ AdoptVote(s, t)
                                \/ CountVote(s, t)
                                \/ PassOver(s, t)
                                \/ HearOutcome(s, t)
                                \/ JoinLeader(s, t)
Deciding == \E s \in Server : WaitOver(s)
Answering == \E s, t \in Server : Answer(s, t) \/ Disregard(s, t)
Serving == \E s \in Server : \/ \E c \in Claim : Serve(s, c)
                             \/ Abandon(s)
Failure == \/ \E s \in Server : Crash(s)
           \/ \E s, t \in Server : Lose(s, t)

Protocol == Looking \/ Deciding \/ Answering
Next == Protocol \/ Serving \/ Failure

Spec == Init /\ [][Next]_vars

----------------------------------------------------------------------------
(* Invariants *)

ZxidType         == [epoch : Nat, counter : Nat]
VoteType         == [leader : Server, epoch : Nat, zxid : ZxidType]
NotificationType == [state : {"LOOKING"} \cup Settled, round : Nat \ {0}, vote : VoteType]

TypeOK ==
  /\ own \in [Server -> Claim]
  /\ role \in [Server -> {"LOOKING"} \cup Settled]
  /\ round \in [Server -> Nat \ {0}]
  /\ vote \in [Server -> VoteType]
  /\ backers \in [Server -> SUBSET Server]
  /\ \A s, t \in Server : /\ outcome[s][t] # None => /\ outcome[s][t] \in NotificationType
                                                     /\ outcome[s][t].state \in Settled
                          /\ Len(link[s][t]) = 0 <=> s = t
                          /\ Len(link[s][t]) <= Flight + 1
                          /\ \A i \in DOMAIN link[s][t] : link[s][t][i] \in NotificationType
  /\ \A s \in Server : /\ role[s] = "LEADING" => vote[s].leader = s
                       /\ role[s] = "FOLLOWING" => vote[s].leader # s
                       /\ role[s] # "LOOKING" => backers[s] = {} /\ outcome[s] = NoOutcome
                       /\ \A t \in backers[s] : t # s /\ outcome[s][t] = None

\* A server that looks votes for no less than it has itself.
VotesCoverOwn ==
  \A s \in Server : role[s] = "LOOKING" => ~Beats(OwnVote(s), vote[s])

\* Whoever looks has told everybody its vote.
LinksAreCurrent ==
  \A s, t \in Server : role[s] = "LOOKING" /\ s # t => Last(link[s][t]) = WordOf(s)

\* Nobody speaks for others: who says that it leads names itself, who follows another.
WordsAreTrue ==
  \A s, t \in Server : \A i \in DOMAIN link[s][t] :
    LET n == link[s][t][i]
    IN /\ n.state = "LEADING" => n.vote.leader = s
       /\ n.state = "FOLLOWING" => n.vote.leader # s

----------------------------------------------------------------------------
(* Properties of steps *)

\* Who leaves LOOKING by LOOKING votes has a quorum of them that are its own, and leaves with it.
LeavesWithAQuorum ==
  [][\A s \in Server : WaitOver(s) =>
       /\ Quorum(backers[s] \cup {s})
       /\ <<round'[s], vote'[s]>> = <<round[s], vote[s]>>]_vars

\* In one round of one incarnation a vote only grows.
VoteGrows ==
  [][\A s \in Server :
       role[s] = "LOOKING" /\ role'[s] = "LOOKING" /\ round'[s] = round[s] /\ ~Crash(s)
       => vote'[s] = vote[s] \/ Beats(vote'[s], vote[s])]_vars

\* In one incarnation rounds only grow while a server looks.
RoundGrows ==
  [][\A s \in Server :
       role[s] = "LOOKING" /\ role'[s] = "LOOKING" /\ ~Crash(s) => round'[s] >= round[s]]_vars

\* Who joins by the words of servers that left has a quorum for that leader and epoch, and the
\* leader's own word that it leads, unless it is the leader.
JoinsALeader ==
  [][\A s, t \in Server : JoinLeader(s, t) =>
       LET known == Outcomes(s, t)
           for   == {u \in Server : known[u] # None /\ SameLeader(known[u].vote, vote'[s])}
           look  == IF /\ SameLeader(vote[s], vote'[s])
                       /\ round[s] = round'[s]
                    THEN backers[s] \cup {s}
                    ELSE {}
           l     == vote'[s].leader
       IN /\ Quorum(for \cup look)
          /\ l # s => known[l] # None /\ known[l].state = "LEADING" /\ known[l].vote.leader = l]_vars

THEOREM Spec => /\ [](TypeOK /\ VotesCoverOwn /\ LinksAreCurrent /\ WordsAreTrue)
                /\ LeavesWithAQuorum /\ VoteGrows /\ RoundGrows /\ JoinsALeader
=============================================================================
