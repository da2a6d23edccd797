---------------------------- MODULE electioncalm ----------------------------
(* Servers begin to look in rounds that may differ, with anything on disk, and nobody gives up or *)
(* crashes.  The wait is longer than a message takes to every other server, and its answer back:  *)
(* when it runs out, all have read what the server said, and it has read what they say now.       *)
(* Then those who leave a round agree.  For that it is not enough that nobody crashes: a server   *)
(* that follows or leads must not come back into a round that others are about to leave.          *)
EXTENDS BoundedElection

CalmInit ==
  /\ own \in [Server -> Claim]
  /\ role = [s \in Server |-> "LOOKING"]
  /\ round \in [Server -> 1 .. MaxRound]
  /\ vote = [s \in Server |-> OwnVote(s)]
  /\ backers = [s \in Server |-> {}]
  /\ outcome = [s \in Server |-> NoOutcome]
  /\ link = [a \in Server |-> [b \in Server |-> IF a = b THEN <<>> ELSE <<WordOf(a)>>]]

CalmWaitOver(s) ==
  /\ \A t \in Server \ {s} : HasRead(s, t) /\ HasRead(t, s)
  /\ WaitOver(s)

CalmNext == Looking \/ Answering \/ \E s \in Server : CalmWaitOver(s)

CalmSpec == CalmInit /\ [][CalmNext]_vars

\* Who left one round, by votes or by joining, has one leader.
OneLeaderARound ==
  \A s, t \in Server :
    role[s] # "LOOKING" /\ role[t] # "LOOKING" /\ round[s] = round[t]
    => vote[s].leader = vote[t].leader
=============================================================================
