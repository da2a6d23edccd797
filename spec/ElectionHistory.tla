-------------------------- MODULE ElectionHistory --------------------------
(***************************************************************************)
(* What an observer of FastLeaderElection remembers: every vote that a      *)
(* server cast, and what the server itself had on disk when it did.  The    *)
(* servers do not know it, and nothing here changes what they do.           *)
(***************************************************************************)
EXTENDS FastLeaderElection

VARIABLES
  cast  \* cast[s]: for each vote of s while it looked, [round, vote, own]

historyVars == <<vars, cast>>

HistoryInit ==
  /\ Init
  /\ cast = [s \in Server |-> {[round |-> round[s], vote |-> vote[s], own |-> own[s]]}]

\* Whoever looks after a step has cast its vote.
Remember ==
  cast' = [s \in Server |->
             IF role'[s] = "LOOKING"
             THEN cast[s] \cup {[round |-> round'[s], vote |-> vote'[s], own |-> own'[s]]}
             ELSE cast[s]]

HistoryNext == Next /\ Remember
HistorySpec == HistoryInit /\ [][HistoryNext]_historyVars

----------------------------------------------------------------------------

HistoryTypeOK ==
  /\ TypeOK
  /\ cast \in [Server -> SUBSET [round : Nat \ {0}, vote : VoteType, own : Claim]]

\* Those that cast the vote of s in its round, having no more themselves than it claims.
Voters(s) ==
  {t \in Server : \E c \in cast[t] : /\ c.round = round[s]
                                     /\ c.vote = vote[s]
                                     /\ ~ClaimLess(ClaimOf(vote[s]), c.own)}

\* Those that s counts did vote like it.
BackersVoted == \A s \in Server : role[s] = "LOOKING" => backers[s] \cup {s} \subseteq Voters(s)

\* Who leaves LOOKING by LOOKING votes holds, for its round, equal votes from a quorum, each cast by
\* a server that had at most what the vote claims; and it leaves with that vote.
LeavesByVotes ==
  [][\A s \in Server : WaitOver(s) =>
       /\ Quorum((backers[s] \cup {s}) \cap Voters(s))
       /\ <<round'[s], vote'[s]>> = <<round[s], vote[s]>>]_historyVars

THEOREM HistorySpec => [](HistoryTypeOK /\ BackersVoted) /\ LeavesByVotes
=============================================================================
