-------------------------------- MODULE Zab --------------------------------
(***************************************************************************)
(* Zab 1.0, the atomic broadcast protocol of ZooKeeper, as deployed:        *)
(* discovery, synchronization and broadcast among servers that crash, over  *)
(* connections that break.  "Step x.y" below is a step of the DSN 2011      *)
(* paper (Junqueira, Reed, Serafini); f.p and f.a of the paper are          *)
(* acceptedEpoch and currentEpoch here.  README.md in this folder has the   *)
(* table from paper step to action, packet and function.                    *)
(*                                                                          *)
(* The paper numbers the steps of leader and follower apart.  Here a phase  *)
(* has one row of numbers, in the order in which the messages go:           *)
(*                                                                          *)
(*   1.1 is f.1.1    2.1 is l.2.1    3.1 is l.3.1                           *)
(*   1.2 is l.1.1    2.2 is f.2.1    3.2 is f.3.1                           *)
(*   1.3 is f.1.2,   2.3 is l.2.2    3.3 is l.3.2                           *)
(*      then l.1.2   2.4 is f.2.2    3.4 is f.3.2                           *)
(*                                                                          *)
(* What the leader does in phase 3 for those who come late keeps the        *)
(* paper's numbers, l.3.3 and l.3.4: it is ReceiveFollowerInfo,             *)
(* ReceiveAckEpoch and ReceiveAck again, in other conditions.               *)
(*                                                                          *)
(* How to read an action: first what must hold, then what changes, then     *)
(* what does not.  Each has one acting server, its first parameter, and     *)
(* reads and writes that server's variables only, takes from channels into  *)
(* it and adds to channels out of it.  Whether the other end of a channel   *)
(* can still read decides what becomes of a message; the sender does not    *)
(* see it.  Connect alone is seen by both ends of a connection, and comes   *)
(* after the leader has forgotten the one before.  Every choice is a        *)
(* parameter: state, action and parameters determine the successor.  That   *)
(* a message which arrives finds its receiver ready for it is the invariant *)
(* Receptive; the guards of Receive... say so again where one looks first.  *)
(*                                                                          *)
(* What is coarse here, and why nothing is lost by it:                      *)
(*                                                                          *)
(* - A server that is down is one that is LOOKING and takes no step: the    *)
(*   election oracle never names it, nobody can connect to it.  So Crash    *)
(*   ends in LOOKING and there is no separate restart.                      *)
(*                                                                          *)
(* - An end of a connection may close at any time (LoseLearner, Abandon,    *)
(*   Crash).  What was under way to that end is gone; what it had sent      *)
(*   before can still be read, in order, until the other end closes too.    *)
(*   A break that loses any suffix of the messages, found out at different  *)
(*   times by the two ends, is just that: the reader closes before it reads *)
(*   the suffix.  A cut of the wire needs no variable of its own.           *)
(*                                                                          *)
(* - A message leaves in the same step as the epoch that it promises is     *)
(*   stored, or the sync that it acknowledges ends.  A crash in between     *)
(*   shows nothing new: it is the crash after the step, the message being   *)
(*   lost.                                                                  *)
(*                                                                          *)
(* - A leader sends all that a learner needs to catch up in one step: the   *)
(*   learner reads message by message, and nobody else sees the difference. *)
(*                                                                          *)
(* - Acknowledgements and commits are cumulative; on the wire there is one  *)
(*   packet a zxid.                                                         *)
(*                                                                          *)
(* Not modelled: observers, reconfiguration, what a snapshot looks like     *)
(* inside (SNAP carries the transactions), the counter's overflow.          *)
(***************************************************************************)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS
  Server,  \* the servers of the ensemble, all of which vote
  Value,   \* what clients ask to broadcast
  None     \* no server

ASSUME EnsembleAssumption == None \notin Server /\ Cardinality(Server) > 1

VARIABLES
  \* On disk.
  acceptedEpoch,  \* the last epoch whose LEADERINFO the server answered (f.p)
  currentEpoch,   \* the last epoch whose NEWLEADER the server acknowledged (f.a)
  history,        \* the log: a sequence of transactions [zxid, value]
  durable,        \* length of the prefix of history that a crash cannot take
  cutTail,        \* what was cut off history, as long as a crash can bring it back

  \* In memory, at every server.
  role,           \* "LOOKING", "FOLLOWING" or "LEADING"
  phase,          \* "ELECTION", "DISCOVERY", "SYNCHRONIZATION" or "BROADCAST"
  leader,         \* whom the server follows: itself while it leads, None while it looks
  committed,      \* length of the prefix of history that it delivered since it started

  \* In memory, at a follower.
  stage,          \* how far it is with its leader (FollowerStage below)
  newLeaderAt,    \* length of history when NEWLEADER came, -1 when there is none to acknowledge
  pendingCommit,  \* length of the prefix to deliver at UPTODATE

  \* In memory, at a leader.
  learner,        \* for each server, the leader's end of its connection: [stage, lastZxid]
  proposedEpoch,  \* the epoch it proposes: the largest acceptedEpoch it heard of, plus one
  gathered,       \* the servers that count towards the quorum its phase waits for
  acked,          \* for each server, the zxid up to which it acknowledged proposals

  \* On the wire.
  messages        \* messages[a][b]: what a sent to b on their connection and b did not read yet

persistent == <<acceptedEpoch, currentEpoch, history, durable, cutTail>>
log        == <<history, durable, cutTail>>
following  == <<stage, newLeaderAt, pendingCommit>>
leading    == <<learner, proposedEpoch, gathered, acked>>
vars       == <<persistent, role, phase, leader, committed, following, leading, messages>>

----------------------------------------------------------------------------
(* Zxids, transactions, histories *)

Zxid(e, c) == [epoch |-> e, counter |-> c]
ZeroZxid   == Zxid(0, 0)

ZxidLess(y, z) == \/ y.epoch < z.epoch
                  \/ y.epoch = z.epoch /\ y.counter < z.counter

Max(m, n) == IF m > n THEN m ELSE n
Min(m, n) == IF m < n THEN m ELSE n

\* The first n transactions of h.
Prefix(h, n) == SubSeq(h, 1, n)

\* What follows the first n transactions of h.
Suffix(h, n) == SubSeq(h, n + 1, Len(h))

\* The zxid of the n-th transaction of h; before the first there is ZeroZxid.
ZxidAt(h, n) == IF n = 0 THEN ZeroZxid ELSE h[n].zxid

LastZxid(h) == ZxidAt(h, Len(h))

\* How many transactions of h have a zxid of at most z.
CountUpTo(h, z) == Cardinality({i \in DOMAIN h : ~ZxidLess(z, h[i].zxid)})

\* Length of the longest common prefix of g and h.
Common(g, h) == CHOOSE n \in 0 .. Min(Len(g), Len(h)) :
                  /\ \A i \in 1 .. n : g[i] = h[i]
                  /\ n < Min(Len(g), Len(h)) => g[n + 1] # h[n + 1]

\* Do the zxids of h grow?
Ascends(h) == \A i \in 1 .. Len(h) - 1 : ZxidLess(h[i].zxid, h[i + 1].zxid)

Quorum(S) == 2 * Cardinality(S) > Cardinality(Server)

----------------------------------------------------------------------------
(* Messages and connections *)

\* How far a follower is with its leader, in order.
FollowerStage == {"NONE",       \* not connected
                  "INFO",       \* sent FOLLOWERINFO, expects LEADERINFO
                  "EPOCH",      \* sent ACKEPOCH, expects DIFF, TRUNC or SNAP
                  "SYNC",       \* receives proposals, expects NEWLEADER
                  "NEWLEADER",  \* has NEWLEADER, its history on the way to the disk
                  "ACKED",      \* acknowledged NEWLEADER, expects UPTODATE
                  "ACTIVE"}     \* has UPTODATE

\* How far a leader is with a learner, in order.
LearnerStage == {"NONE",        \* not connected
                 "CONNECTED",   \* expects FOLLOWERINFO
                 "INFO",        \* has FOLLOWERINFO, waits for a quorum of them
                 "EPOCH",       \* sent LEADERINFO, expects ACKEPOCH
                 "WAITING",     \* has ACKEPOCH, waits for a quorum of them
                 "SYNC",        \* sent history and NEWLEADER, expects its ACK
                 "ACKED"}       \* has the ACK of NEWLEADER

NoLearner == [stage |-> "NONE", lastZxid |-> ZeroZxid]
AtStage(s) == [stage |-> s, lastZxid |-> ZeroZxid]

FollowerInfo(e)   == [type |-> "FOLLOWERINFO", epoch |-> e]           \* CEPOCH
LeaderInfo(e)     == [type |-> "LEADERINFO", epoch |-> e]             \* NEWEPOCH
AckEpoch(e, z)    == [type |-> "ACKEPOCH", epoch |-> e, zxid |-> z]   \* ACK-E
Diff              == [type |-> "DIFF"]                                \* the histories agree so far
Trunc(z)          == [type |-> "TRUNC", zxid |-> z]                   \* cut your history after z
Snap(h)           == [type |-> "SNAP", history |-> h]                 \* take this one instead of yours
Proposal(t)       == [type |-> "PROPOSAL", txn |-> t]                 \* PROPOSE
Commit(z)         == [type |-> "COMMIT", zxid |-> z]                  \* COMMIT, up to z
NewLeader(e)      == [type |-> "NEWLEADER", zxid |-> Zxid(e, 0)]      \* NEWLEADER
Ack(z)            == [type |-> "ACK", zxid |-> z]                     \* ACK, up to z; of (e, 0): ACK-LD
UpToDate          == [type |-> "UPTODATE"]                            \* COMMIT-LD

\* An ACKEPOCH with this epoch does not count: the follower had accepted the epoch before.
NotCounted == -1

\* Does a have its end of a connection with b open?
EndOpen(a, b) == \/ leader[a] = b /\ stage[a] # "NONE"
                 \/ learner[a][b].stage # "NONE"

\* Messages for one receiver, and for none.
To(b, batch) == [x \in Server |-> IF x = b THEN batch ELSE <<>>]
Nothing      == [x \in Server |-> <<>>]

\* msgs, after a sent batch[b] to each b; what is sent to a closed end is lost.
Sent(msgs, a, batch) ==
  [msgs EXCEPT ![a] = [b \in Server |-> IF EndOpen(b, a) THEN @[b] \o batch[b] ELSE @[b]]]

\* msgs, after b read the oldest message from a.
Taken(msgs, a, b) == [msgs EXCEPT ![a][b] = Tail(@)]

\* msgs, after b closed its end of the connection with a, and of all its connections.
Closed(msgs, a, b) == [msgs EXCEPT ![a][b] = <<>>]
ClosedAll(msgs, b) == [a \in Server |-> [msgs[a] EXCEPT ![b] = <<>>]]

Send(a, batch)        == messages' = Sent(messages, a, batch)
Receive(b, a)         == messages' = Taken(messages, a, b)
Reply(b, a, batch)    == messages' = Sent(Taken(messages, a, b), b, batch)

\* Is a message of that type the next one that b reads from a?
Arrives(b, a, type) == messages[a][b] # <<>> /\ Head(messages[a][b]).type = type

FollowerAt(f, stages)     == role[f] = "FOLLOWING" /\ stage[f] \in stages
LearnerAt(l, f, stages)   == role[l] = "LEADING" /\ learner[l][f].stage \in stages

----------------------------------------------------------------------------
(* The disk *)

\* s replaces what follows the first n transactions of its history, all of which is on disk
\* then, by the transactions h.  The cut reaches the disk when it is synced.
Replace(s, n, h) ==
  /\ history' = [history EXCEPT ![s] = Prefix(@, n) \o h]
  /\ durable' = [durable EXCEPT ![s] = n]
  /\ cutTail' = [cutTail EXCEPT ![s] = Suffix(history[s], n)]

\* Is every change that s made to its log on disk?
Synced(s) == durable[s] = Len(history[s]) /\ cutTail[s] = <<>>

----------------------------------------------------------------------------
(* Roles *)

\* What a server remembers of being a follower or a leader goes when it stops being one.
ForgetFollowing(s) ==
  /\ stage' = [stage EXCEPT ![s] = "NONE"]
  /\ newLeaderAt' = [newLeaderAt EXCEPT ![s] = -1]
  /\ pendingCommit' = [pendingCommit EXCEPT ![s] = 0]

ForgetLeading(s) ==
  /\ learner' = [learner EXCEPT ![s] = [f \in Server |-> NoLearner]]
  /\ proposedEpoch' = [proposedEpoch EXCEPT ![s] = 0]
  /\ gathered' = [gathered EXCEPT ![s] = {}]
  /\ acked' = [acked EXCEPT ![s] = [f \in Server |-> ZeroZxid]]

BecomeLooking(s) ==
  /\ role' = [role EXCEPT ![s] = "LOOKING"]
  /\ phase' = [phase EXCEPT ![s] = "ELECTION"]
  /\ leader' = [leader EXCEPT ![s] = None]
  /\ ForgetFollowing(s)
  /\ ForgetLeading(s)

Init ==
  /\ acceptedEpoch = [s \in Server |-> 0]
  /\ currentEpoch = [s \in Server |-> 0]
  /\ history = [s \in Server |-> <<>>]
  /\ durable = [s \in Server |-> 0]
  /\ cutTail = [s \in Server |-> <<>>]
  /\ role = [s \in Server |-> "LOOKING"]
  /\ phase = [s \in Server |-> "ELECTION"]
  /\ leader = [s \in Server |-> None]
  /\ committed = [s \in Server |-> 0]
  /\ stage = [s \in Server |-> "NONE"]
  /\ newLeaderAt = [s \in Server |-> -1]
  /\ pendingCommit = [s \in Server |-> 0]
  /\ learner = [s \in Server |-> [f \in Server |-> NoLearner]]
  /\ proposedEpoch = [s \in Server |-> 0]
  /\ gathered = [s \in Server |-> {}]
  /\ acked = [s \in Server |-> [f \in Server |-> ZeroZxid]]
  /\ messages = [a \in Server |-> [b \in Server |-> <<>>]]

----------------------------------------------------------------------------
(* Election: an oracle.  It may name any server to any server; safety must not lean on it. *)

\* s, which is LOOKING, is told to follow l, or to lead when l is s itself.  A vote claims the
\* log of the server that casts it, so the log is on disk first.
Elected(s, l) ==
  /\ role[s] = "LOOKING"
  /\ Synced(s)
  /\ role' = [role EXCEPT ![s] = IF l = s THEN "LEADING" ELSE "FOLLOWING"]
  /\ phase' = [phase EXCEPT ![s] = "DISCOVERY"]
  /\ leader' = [leader EXCEPT ![s] = l]
  /\ proposedEpoch' = [proposedEpoch EXCEPT ![s] = IF l = s THEN acceptedEpoch[s] + 1 ELSE 0]
  /\ gathered' = [gathered EXCEPT ![s] = IF l = s THEN {s} ELSE {}]
  /\ UNCHANGED <<persistent, committed, following, learner, acked, messages>>

----------------------------------------------------------------------------
(* Phase 1: discovery *)

\* Step 1.1.  f, which follows l, reaches l and says which epoch it accepted last (CEPOCH).
\* Only a leader listens, and it has forgotten an earlier connection of f by then.
Connect(f, l) ==
  /\ FollowerAt(f, {"NONE"})
  /\ leader[f] = l
  /\ LearnerAt(l, f, {"NONE"})
  /\ stage' = [stage EXCEPT ![f] = "INFO"]
  /\ learner' = [learner EXCEPT ![l][f] = AtStage("CONNECTED")]
  /\ messages' = [messages EXCEPT ![f][l] = <<FollowerInfo(acceptedEpoch[f])>>]
  /\ UNCHANGED <<persistent, role, phase, leader, committed, newLeaderAt, pendingCommit,
                 proposedEpoch, gathered, acked>>

\* Step 1.2.  l proposes an epoch that is larger than all that a quorum accepted (NEWEPOCH), and
\* stores it first.  The epoch stays what it is for those who come later.
ReceiveFollowerInfo(l, f) ==
  /\ Arrives(l, f, "FOLLOWERINFO")
  /\ LearnerAt(l, f, {"CONNECTED"})
  /\ LET undecided == acceptedEpoch[l] < proposedEpoch[l]
         epoch     == IF undecided
                      THEN Max(proposedEpoch[l], Head(messages[f][l]).epoch + 1)
                      ELSE proposedEpoch[l]
         heard     == gathered[l] \cup {f}
         decides   == undecided /\ Quorum(heard)
         joined    == [learner[l] EXCEPT ![f] = AtStage("INFO")]
     IN \/ /\ undecided /\ ~decides
           /\ proposedEpoch' = [proposedEpoch EXCEPT ![l] = epoch]
           /\ gathered' = [gathered EXCEPT ![l] = heard]
           /\ learner' = [learner EXCEPT ![l] = joined]
           /\ Receive(l, f)
           /\ UNCHANGED acceptedEpoch
        \/ /\ decides
           /\ proposedEpoch' = [proposedEpoch EXCEPT ![l] = epoch]
           /\ acceptedEpoch' = [acceptedEpoch EXCEPT ![l] = epoch]
           /\ gathered' = [gathered EXCEPT ![l] = {l}]
           /\ learner' = [learner EXCEPT ![l] =
                           [g \in Server |-> IF joined[g].stage = "INFO"
                                             THEN AtStage("EPOCH") ELSE joined[g]]]
           /\ Reply(l, f, [g \in Server |-> IF joined[g].stage = "INFO"
                                            THEN <<LeaderInfo(epoch)>> ELSE <<>>])
        \/ /\ ~undecided
           /\ learner' = [learner EXCEPT ![l][f] = AtStage("EPOCH")]
           /\ Reply(l, f, To(f, <<LeaderInfo(epoch)>>))
           /\ UNCHANGED <<proposedEpoch, acceptedEpoch, gathered>>
  /\ UNCHANGED <<currentEpoch, log, role, phase, leader, committed, following, acked>>

\* Step 1.3, at the follower.  f accepts a newer epoch, stores it, and says how recent its history
\* is (ACK-E).  When it had accepted this very epoch before, its answer does not count.  A leader
\* with an older epoch is left (Abandon below says what that is).
ReceiveLeaderInfo(f, l) ==
  /\ Arrives(f, l, "LEADERINFO")
  /\ FollowerAt(f, {"INFO"})
  /\ LET epoch == Head(messages[l][f]).epoch
     IN IF epoch < acceptedEpoch[f]
        THEN /\ BecomeLooking(f)
             /\ messages' = ClosedAll(messages, f)
             /\ UNCHANGED acceptedEpoch
        ELSE /\ acceptedEpoch' = [acceptedEpoch EXCEPT ![f] = epoch]
             /\ phase' = [phase EXCEPT ![f] = "SYNCHRONIZATION"]
             /\ stage' = [stage EXCEPT ![f] = "EPOCH"]
             /\ Reply(f, l, To(l, <<AckEpoch(IF epoch > acceptedEpoch[f] THEN currentEpoch[f]
                                                                          ELSE NotCounted,
                                             LastZxid(history[f]))>>))
             /\ UNCHANGED <<role, leader, newLeaderAt, pendingCommit, leading>>
  /\ UNCHANGED <<currentEpoch, log, committed>>

\* What l sends to a learner whose last transaction is z, to make its history equal to l's, of which
\* the first upTo transactions are committed.  A cut never reaches into an older epoch, where the
\* learner may lack what l has before z; such a learner is sent the whole history.
\*
\* On the wire a SNAP is the snapshot of what l has delivered, and the PROPOSALs between it and
\* NEWLEADER are the rest of the history.  The learner puts all of it in the place of its log at
\* once.  A snapshot by itself could be of less than the learner has delivered, l having started
\* again since; a learner that took it, and crashed before the rest came, would have lost that.
CatchUp(l, z, upTo) ==
  LET h      == history[l]
      n      == CountUpTo(h, z)
      header == IF ZxidAt(h, n) = z                  THEN <<Diff>>
                ELSE IF ZxidAt(h, n).epoch = z.epoch THEN <<Trunc(ZxidAt(h, n))>>
                                                     ELSE <<Snap(h)>>
      start  == IF header[1].type = "SNAP" THEN Len(h) ELSE n
  IN header
     \o [i \in 1 .. Len(h) - start |-> Proposal(h[start + i])]
     \o (IF upTo = 0 THEN <<>> ELSE <<Commit(ZxidAt(h, upTo))>>)
     \o <<NewLeader(acceptedEpoch[l])>>

\* Step 1.3, at the leader.  l refuses a follower that is ahead of it until a quorum has answered.
\* A learner that answers after l has stored the epoch (StoreCurrentEpoch) is brought up to date.
ReceiveAckEpoch(l, f) ==
  /\ Arrives(l, f, "ACKEPOCH")
  /\ LearnerAt(l, f, {"EPOCH"})
  /\ LET answer   == Head(messages[f][l])
         counts   == answer.epoch # NotCounted
         waiting  == phase[l] = "DISCOVERY"
         complete == Quorum(gathered[l])
         ahead    == \/ answer.epoch > currentEpoch[l]
                     \/ /\ answer.epoch = currentEpoch[l]
                        /\ ZxidLess(LastZxid(history[l]), answer.zxid)
     IN \/ /\ waiting /\ ~complete /\ ahead
           /\ learner' = [learner EXCEPT ![l][f] = NoLearner]
           /\ messages' = Closed(messages, f, l)
           /\ UNCHANGED gathered
        \/ /\ waiting /\ (complete \/ ~ahead)
           /\ gathered' = [gathered EXCEPT ![l] = IF counts /\ ~complete THEN @ \cup {f} ELSE @]
           /\ learner' = [learner EXCEPT ![l][f] = [stage |-> "WAITING", lastZxid |-> answer.zxid]]
           /\ Receive(l, f)
        \/ /\ ~waiting
           /\ learner' = [learner EXCEPT ![l][f] = AtStage("SYNC")]
           /\ Reply(l, f, To(f, CatchUp(l, answer.zxid,
                                        IF phase[l] = "BROADCAST" THEN committed[l]
                                                                  ELSE Len(history[l]))))
           /\ UNCHANGED gathered
  /\ UNCHANGED <<persistent, role, phase, leader, committed, following, proposedEpoch, acked>>

----------------------------------------------------------------------------
(* Phase 2: synchronization *)

\* Step 2.2, its first half: f makes its history a prefix of its leader's.
ReceiveDiff(f, l) ==
  /\ Arrives(f, l, "DIFF")
  /\ FollowerAt(f, {"EPOCH"})
  /\ stage' = [stage EXCEPT ![f] = "SYNC"]
  /\ Receive(f, l)
  /\ UNCHANGED <<persistent, role, phase, leader, committed, newLeaderAt, pendingCommit, leading>>

ReceiveTrunc(f, l) ==
  /\ Arrives(f, l, "TRUNC")
  /\ FollowerAt(f, {"EPOCH"})
  /\ stage' = [stage EXCEPT ![f] = "SYNC"]
  /\ Replace(f, CountUpTo(history[f], Head(messages[l][f]).zxid), <<>>)
  /\ Receive(f, l)
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, role, phase, leader, committed, newLeaderAt,
                 pendingCommit, leading>>

\* f keeps its old log until the whole of the new one is on disk, so that a crash leaves the one or
\* the other.  Crash and CrashUncut allow for more: any beginning of either, from where they part.
ReceiveSnap(f, l) ==
  /\ Arrives(f, l, "SNAP")
  /\ FollowerAt(f, {"EPOCH"})
  /\ stage' = [stage EXCEPT ![f] = "SYNC"]
  /\ LET h == Head(messages[l][f]).history
         n == Common(history[f], h)
     IN Replace(f, n, Suffix(h, n))
  /\ Receive(f, l)
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, role, phase, leader, committed, newLeaderAt,
                 pendingCommit, leading>>

\* Step 2.2, its second half, in three steps of which a crash can prevent the later ones: f has
\* NEWLEADER; Sync makes the history durable that came before it; StoreCurrentEpoch below.
ReceiveNewLeader(f, l) ==
  /\ Arrives(f, l, "NEWLEADER")
  /\ FollowerAt(f, {"SYNC"})
  /\ stage' = [stage EXCEPT ![f] = "NEWLEADER"]
  /\ newLeaderAt' = [newLeaderAt EXCEPT ![f] = Len(history[f])]
  /\ Receive(f, l)
  /\ UNCHANGED <<persistent, role, phase, leader, committed, pendingCommit, leading>>

\* The history on which the epoch builds being durable, s stores the epoch as its own.
\* A leader does so when a quorum has accepted the epoch (step 2.1): its history is the initial one
\* now, and every learner that has answered is sent what it lacks of it, and NEWLEADER.
\* A follower does so after NEWLEADER, and acknowledges it (step 2.2, ACK-LD).
StoreCurrentEpoch(s) ==
  /\ \/ /\ role[s] = "LEADING"
        /\ phase[s] = "DISCOVERY"
        /\ Quorum(gathered[s])
        /\ phase' = [phase EXCEPT ![s] = "SYNCHRONIZATION"]
        /\ gathered' = [gathered EXCEPT ![s] = {s}]
        /\ learner' = [learner EXCEPT ![s] =
                        [f \in Server |-> IF @[f].stage = "WAITING" THEN AtStage("SYNC") ELSE @[f]]]
        /\ Send(s, [f \in Server |-> IF learner[s][f].stage = "WAITING"
                                     THEN CatchUp(s, learner[s][f].lastZxid, Len(history[s]))
                                     ELSE <<>>])
        /\ UNCHANGED <<stage, newLeaderAt>>
     \/ /\ FollowerAt(s, {"NEWLEADER"})
        /\ durable[s] >= newLeaderAt[s]
        /\ cutTail[s] = <<>>
        /\ stage' = [stage EXCEPT ![s] = "ACKED"]
        /\ newLeaderAt' = [newLeaderAt EXCEPT ![s] = -1]
        /\ Send(s, To(leader[s], <<Ack(Zxid(acceptedEpoch[s], 0))>>))
        /\ UNCHANGED <<phase, gathered, learner>>
  /\ currentEpoch' = [currentEpoch EXCEPT ![s] = acceptedEpoch[s]]
  /\ UNCHANGED <<acceptedEpoch, log, role, leader, committed, pendingCommit, proposedEpoch, acked>>

\* Step 2.4.  f delivers what was committed so far, and begins to acknowledge proposals.  The
\* deployed protocol acknowledges (e, 0) a second time here.
ReceiveUpToDate(f, l) ==
  /\ Arrives(f, l, "UPTODATE")
  /\ FollowerAt(f, {"ACKED"})
  /\ phase' = [phase EXCEPT ![f] = "BROADCAST"]
  /\ stage' = [stage EXCEPT ![f] = "ACTIVE"]
  /\ committed' = [committed EXCEPT ![f] = Max(@, pendingCommit[f])]
  /\ pendingCommit' = [pendingCommit EXCEPT ![f] = 0]
  /\ LET last == ZxidAt(history[f], durable[f])
     IN Reply(f, l, To(l, <<Ack(Zxid(acceptedEpoch[f], 0))>>
                          \o (IF last.epoch = acceptedEpoch[f] THEN <<Ack(last)>> ELSE <<>>)))
  /\ UNCHANGED <<persistent, role, leader, newLeaderAt, leading>>

----------------------------------------------------------------------------
(* Phase 3: broadcast *)

\* Step 3.1.  l gives v the next zxid of its epoch, appends it, and proposes it to those who were
\* sent NEWLEADER (a learner that is still synchronizing must not miss it).
Propose(l, v) ==
  /\ role[l] = "LEADING"
  /\ phase[l] = "BROADCAST"
  /\ LET last == LastZxid(history[l])
         zxid == Zxid(acceptedEpoch[l],
                      IF last.epoch = acceptedEpoch[l] THEN last.counter + 1 ELSE 1)
         txn  == [zxid |-> zxid, value |-> v]
     IN /\ history' = [history EXCEPT ![l] = Append(@, txn)]
        /\ Send(l, [f \in Server |-> IF learner[l][f].stage \in {"SYNC", "ACKED"}
                                     THEN <<Proposal(txn)>> ELSE <<>>])
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, durable, cutTail, role, phase, leader, committed,
                 following, leading>>

\* Steps 2.2 and 3.2.  f appends; it acknowledges when the disk has it (Sync).
ReceiveProposal(f, l) ==
  /\ Arrives(f, l, "PROPOSAL")
  /\ FollowerAt(f, {"SYNC", "NEWLEADER", "ACKED", "ACTIVE"})
  /\ history' = [history EXCEPT ![f] = Append(@, Head(messages[l][f]).txn)]
  /\ Receive(f, l)
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, durable, cutTail, role, phase, leader, committed,
                 following, leading>>

\* Step 3.4, and step 2.4 for what came before UPTODATE, at which it takes effect.
ReceiveCommit(f, l) ==
  /\ Arrives(f, l, "COMMIT")
  /\ FollowerAt(f, {"SYNC", "NEWLEADER", "ACKED", "ACTIVE"})
  /\ LET n == CountUpTo(history[f], Head(messages[l][f]).zxid)
     IN IF stage[f] = "ACTIVE"
        THEN /\ committed' = [committed EXCEPT ![f] = Max(@, n)]
             /\ UNCHANGED pendingCommit
        ELSE /\ pendingCommit' = [pendingCommit EXCEPT ![f] = n]
             /\ UNCHANGED committed
  /\ Receive(f, l)
  /\ UNCHANGED <<persistent, role, phase, leader, stage, newLeaderAt, leading>>

\* Length of the prefix of l's history that a quorum has on disk, l having n transactions on its
\* own and the others having acknowledged acks.
QuorumHas(l, n, acks) ==
  LET has(i) == {f \in Server : ~ZxidLess(acks[f], history[l][i].zxid)}
                \cup (IF i <= n THEN {l} ELSE {})
  IN Cardinality({i \in committed[l] + 1 .. Len(history[l]) : Quorum(has(i))}) + committed[l]

\* What l sends when the prefix of length n is committed: nothing, when that is not news.
CommitTo(l, n) ==
  [f \in Server |-> IF n > committed[l] /\ learner[l][f].stage \in {"SYNC", "ACKED"}
                    THEN <<Commit(ZxidAt(history[l], n))>> ELSE <<>>]

\* The disk of s ends a sync that covers the first k transactions, and every cut before.  A
\* follower acknowledges them (step 3.2); a leader is one of the quorum that has them (step 3.3).
Sync(s, k) ==
  /\ k \in durable[s] .. Len(history[s])
  /\ k > durable[s] \/ cutTail[s] # <<>>
  /\ durable' = [durable EXCEPT ![s] = k]
  /\ cutTail' = [cutTail EXCEPT ![s] = <<>>]
  /\ \/ /\ role[s] = "LEADING" /\ phase[s] = "BROADCAST"
        /\ LET n == QuorumHas(s, k, acked[s])
           IN /\ committed' = [committed EXCEPT ![s] = n]
              /\ Send(s, CommitTo(s, n))
     \/ /\ role[s] = "FOLLOWING" /\ phase[s] = "BROADCAST"
        /\ Send(s, To(leader[s], <<Ack(ZxidAt(history[s], k))>>))
        /\ UNCHANGED committed
     \/ /\ phase[s] # "BROADCAST"
        /\ UNCHANGED <<committed, messages>>
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, history, role, phase, leader, following, leading>>

\* Steps 2.3 and 3.3.  An ACK of (e, 0) is that of NEWLEADER: with a quorum of them the epoch is
\* established, the initial history committed, and the learners told (COMMIT-LD); the second one
\* says nothing new.  An ACK of a proposal may complete its quorum.
ReceiveAck(l, f) ==
  /\ Arrives(l, f, "ACK")
  /\ LearnerAt(l, f, {"SYNC", "ACKED"})
  /\ LET zxid        == Head(messages[f][l]).zxid
         ofNewLeader == zxid.counter = 0
         first       == ofNewLeader /\ learner[l][f].stage = "SYNC"
         heard       == gathered[l] \cup {f}
         joined      == [learner[l] EXCEPT ![f] = AtStage("ACKED")]
         acks        == [acked[l] EXCEPT ![f] = IF ZxidLess(@, zxid) THEN zxid ELSE @]
         n           == QuorumHas(l, durable[l], acks)
     IN \/ /\ first /\ phase[l] = "SYNCHRONIZATION" /\ ~Quorum(heard)
           /\ gathered' = [gathered EXCEPT ![l] = heard]
           /\ learner' = [learner EXCEPT ![l] = joined]
           /\ Receive(l, f)
           /\ UNCHANGED <<phase, committed, acked>>
        \/ /\ first /\ phase[l] = "SYNCHRONIZATION" /\ Quorum(heard)
           /\ phase' = [phase EXCEPT ![l] = "BROADCAST"]
           /\ committed' = [committed EXCEPT ![l] = Len(history[l])]
           /\ gathered' = [gathered EXCEPT ![l] = {}]
           /\ learner' = [learner EXCEPT ![l] = joined]
           /\ Reply(l, f, [g \in Server |-> IF joined[g].stage = "ACKED"
                                            THEN <<UpToDate>> ELSE <<>>])
           /\ UNCHANGED acked
        \/ /\ first /\ phase[l] = "BROADCAST"
           /\ learner' = [learner EXCEPT ![l] = joined]
           /\ Reply(l, f, To(f, <<UpToDate>>))
           /\ UNCHANGED <<phase, committed, gathered, acked>>
        \/ /\ ofNewLeader /\ ~first
           /\ Receive(l, f)
           /\ UNCHANGED <<phase, committed, gathered, learner, acked>>
        \/ /\ ~ofNewLeader
           /\ acked' = [acked EXCEPT ![l] = acks]
           /\ committed' = [committed EXCEPT ![l] = n]
           /\ Reply(l, f, CommitTo(l, n))
           /\ UNCHANGED <<phase, gathered, learner>>
  /\ UNCHANGED <<persistent, role, leader, following, proposedEpoch>>

----------------------------------------------------------------------------
(* Faults *)

\* l finds its connection with f broken.  What f acknowledged stays true, and counted.
LoseLearner(l, f) ==
  /\ role[l] = "LEADING"
  /\ learner[l][f].stage # "NONE"
  /\ learner' = [learner EXCEPT ![l][f] = NoLearner]
  /\ messages' = Closed(messages, f, l)
  /\ UNCHANGED <<persistent, role, phase, leader, committed, following, proposedEpoch, gathered, acked>>

\* s gives its role up, at any time: a follower that found its connection broken or its leader
\* silent, a leader that misses its quorum.  The phase that it was in is over.
Abandon(s) ==
  /\ role[s] # "LOOKING"
  /\ BecomeLooking(s)
  /\ messages' = ClosedAll(messages, s)
  /\ UNCHANGED <<persistent, committed>>

\* What a crash does, whatever it leaves of the log.  What is read back is not on disk for that.
Crashes(s, h) ==
  /\ history' = [history EXCEPT ![s] = h]
  /\ cutTail' = [cutTail EXCEPT ![s] = <<>>]
  /\ committed' = [committed EXCEPT ![s] = 0]
  /\ BecomeLooking(s)
  /\ messages' = ClosedAll(messages, s)
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, durable>>

\* s crashes, and starts again with the first k transactions of its history.
Crash(s, k) ==
  /\ k \in durable[s] .. Len(history[s])
  /\ Crashes(s, Prefix(history[s], k))

\* s crashes before a cut of its log has reached the disk, and starts again with the first k
\* transactions of what was cut off: where that lay in several files, some of them are gone.
CrashUncut(s, k) ==
  /\ k \in 1 .. Len(cutTail[s])
  /\ Crashes(s, Prefix(history[s], durable[s]) \o Prefix(cutTail[s], k))

----------------------------------------------------------------------------

Election        == \E s, l \in Server : Elected(s, l)
Discovery       == \E s, t \in Server : \/ Connect(s, t)
                                        \/ ReceiveFollowerInfo(s, t)
                                        \/ ReceiveLeaderInfo(s, t)
                                        \/ ReceiveAckEpoch(s, t)
Synchronization == \E s, t \in Server : \/ ReceiveDiff(s, t)
                                        \/ ReceiveTrunc(s, t)
                                        \/ ReceiveSnap(s, t)
                                        \/ ReceiveNewLeader(s, t)
                                        \/ ReceiveUpToDate(s, t)
Broadcast       == \E s, t \in Server : \/ ReceiveProposal(s, t)
                                        \/ ReceiveAck(s, t)
                                        \/ ReceiveCommit(s, t)
ClientRequest   == \E s \in Server, v \in Value : Propose(s, v)
Disk            == \E s \in Server : \/ \E k \in 0 .. Len(history[s]) : Sync(s, k)
                                     \/ StoreCurrentEpoch(s)
Break           == \/ \E s, t \in Server : LoseLearner(s, t)
                   \/ \E s \in Server : Abandon(s)
Failure         == \E s \in Server : \/ \E k \in 0 .. Len(history[s]) : Crash(s, k)
                                     \/ \E k \in 1 .. Len(cutTail[s]) : CrashUncut(s, k)

\* What the protocol does, and what is done to it.
Protocol == Election \/ Discovery \/ Synchronization \/ Broadcast \/ ClientRequest \/ Disk
Fault    == Break \/ Failure
Next     == Protocol \/ Fault

Spec == Init /\ [][Next]_vars

----------------------------------------------------------------------------
(* Invariants *)
(*                                                                         *)
(* They speak of the state, so they see a committed transaction only while *)
(* some server remembers that it delivered it: when all of those that did  *)
(* have crashed, what a later leader lacks is seen when another server,    *)
(* idle since, still has it delivered.  A variable that remembers every    *)
(* delivery belongs in a module of its own, that extends this one.         *)

ZxidType == [epoch : Nat, counter : Nat]
TxnType  == [zxid : ZxidType, value : Value]

MessageType ==
  [type : {"FOLLOWERINFO", "LEADERINFO"}, epoch : Nat]
    \cup [type : {"ACKEPOCH"}, epoch : Nat \cup {NotCounted}, zxid : ZxidType]
    \cup [type : {"DIFF", "UPTODATE"}]
    \cup [type : {"TRUNC", "COMMIT", "NEWLEADER", "ACK"}, zxid : ZxidType]
    \cup [type : {"SNAP"}, history : Seq(TxnType)]
    \cup [type : {"PROPOSAL"}, txn : TxnType]

TypeOK ==
  /\ acceptedEpoch \in [Server -> Nat]
  /\ currentEpoch \in [Server -> Nat]
  /\ history \in [Server -> Seq(TxnType)]
  /\ durable \in [Server -> Nat]
  /\ cutTail \in [Server -> Seq(TxnType)]
  /\ role \in [Server -> {"LOOKING", "FOLLOWING", "LEADING"}]
  /\ phase \in [Server -> {"ELECTION", "DISCOVERY", "SYNCHRONIZATION", "BROADCAST"}]
  /\ leader \in [Server -> Server \cup {None}]
  /\ committed \in [Server -> Nat]
  /\ stage \in [Server -> FollowerStage]
  /\ newLeaderAt \in [Server -> Nat \cup {-1}]
  /\ pendingCommit \in [Server -> Nat]
  /\ learner \in [Server -> [Server -> [stage : LearnerStage, lastZxid : ZxidType]]]
  /\ proposedEpoch \in [Server -> Nat]
  /\ gathered \in [Server -> SUBSET Server]
  /\ acked \in [Server -> [Server -> ZxidType]]
  /\ \A a, b \in Server : \A i \in DOMAIN messages[a][b] : messages[a][b][i] \in MessageType
  /\ \A s \in Server : /\ durable[s] <= Len(history[s])
                       /\ committed[s] <= Len(history[s])
                       /\ currentEpoch[s] <= acceptedEpoch[s]

\* Zxids grow along a history.
HistoriesAscend == \A s \in Server : Ascends(history[s])

\* Does h have a transaction with zxid z, or nothing where z is ZeroZxid?
Reaches(h, z) == ZxidAt(h, CountUpTo(h, z)) = z

\* Is the message m from a one that b can get where it is, by type and by content?
Expects(b, a, m) ==
  EndOpen(b, a) /\
  CASE m.type = "FOLLOWERINFO" -> LearnerAt(b, a, {"CONNECTED"}) /\ m.epoch >= 0
    [] m.type = "LEADERINFO"   -> FollowerAt(b, {"INFO"}) /\ m.epoch > 0
    [] m.type = "ACKEPOCH"     -> /\ LearnerAt(b, a, {"EPOCH"})
                                  /\ m.epoch < acceptedEpoch[b]
                                  /\ m.zxid.epoch <= acceptedEpoch[b]
    [] m.type = "DIFF"         -> FollowerAt(b, {"EPOCH"})
    [] m.type = "TRUNC"        -> /\ FollowerAt(b, {"EPOCH"})
                                  /\ Reaches(history[b], m.zxid)
                                  /\ CountUpTo(history[b], m.zxid) >= committed[b]
    [] m.type = "SNAP"         -> /\ FollowerAt(b, {"EPOCH"})
                                  /\ Common(history[b], m.history) >= committed[b]
                                  /\ Ascends(m.history)
                                  /\ LastZxid(m.history).epoch <= acceptedEpoch[b]
    [] m.type = "PROPOSAL"     -> /\ FollowerAt(b, {"SYNC", "NEWLEADER", "ACKED", "ACTIVE"})
                                  /\ ZxidLess(LastZxid(history[b]), m.txn.zxid)
                                  /\ m.txn.zxid.epoch <= acceptedEpoch[b]
                                  /\ stage[b] # "SYNC" => m.txn.zxid.epoch = acceptedEpoch[b]
    [] m.type = "COMMIT"       -> /\ FollowerAt(b, {"SYNC", "NEWLEADER", "ACKED", "ACTIVE"})
                                  /\ Reaches(history[b], m.zxid)
    [] m.type = "NEWLEADER"    -> /\ FollowerAt(b, {"SYNC"})
                                  /\ m.zxid = Zxid(acceptedEpoch[b], 0)
    [] m.type = "ACK"          -> /\ LearnerAt(b, a, {"SYNC", "ACKED"})
                                  /\ m.zxid.epoch = acceptedEpoch[b]
                                  /\ m.zxid.counter > 0 => /\ LearnerAt(b, a, {"ACKED"})
                                                           /\ phase[b] = "BROADCAST"
                                                           /\ Reaches(history[b], m.zxid)
    [] m.type = "UPTODATE"     -> FollowerAt(b, {"ACKED"})

\* Every message that can be delivered is one that the receiver's phase allows, and is handled.
Receptive ==
  \A a, b \in Server :
    messages[a][b] # <<>> => Expects(b, a, Head(messages[a][b]))

\* A leader whose epoch a quorum has promised to honour.
Established(l) == role[l] = "LEADING" /\ phase[l] \in {"SYNCHRONIZATION", "BROADCAST"}

OneLeaderAnEpoch ==
  \A l, m \in Server :
    Established(l) /\ Established(m) /\ acceptedEpoch[l] = acceptedEpoch[m] => l = m

CommittedPrefixesAgree ==
  \A s, t \in Server :
    LET n == Min(committed[s], committed[t]) IN Prefix(history[s], n) = Prefix(history[t], n)

\* Does t have what s delivered, on disk?
HasDurably(t, s) ==
  committed[s] <= durable[t] /\ Prefix(history[t], committed[s]) = Prefix(history[s], committed[s])

CommittedIsDurable ==
  \A s \in Server : Quorum({t \in Server : HasDurably(t, s)})

\* What was committed in an epoch is in the history of every leader established in a later one.  s
\* delivered in epochs up to its currentEpoch, perhaps in a later one than the zxids are of; to a
\* leader whose history a quorum has taken over, their epochs are all that matters.
CommittedSurvives ==
  \A s, l \in Server :
    /\ Established(l)
    /\ committed[s] > 0
    /\ \/ currentEpoch[s] < acceptedEpoch[l]
       \/ /\ phase[l] = "BROADCAST"
          /\ ZxidAt(history[s], committed[s]).epoch < acceptedEpoch[l]
    => /\ committed[s] <= Len(history[l])
       /\ Prefix(history[l], committed[s]) = Prefix(history[s], committed[s])

\* Histories that share a zxid are the same up to it: a zxid stands for one transaction, whoever
\* has it, and for one history that led to it.
HistoriesMatch ==
  \A s, t \in Server : \A i \in DOMAIN history[s], j \in DOMAIN history[t] :
    history[s][i].zxid = history[t][j].zxid
    => i = j /\ Prefix(history[s], i) = Prefix(history[t], j)

=============================================================================
