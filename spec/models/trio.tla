-------------------------------- MODULE trio --------------------------------
(* Three servers and two epochs, with a few faults: trio.cfg says which are left out.  The       *)
(* actions are Zab's, some with an additional condition.                                         *)
EXTENDS Bounded

\* An end finds its connection broken only when the other end is closed.
Broken(s, t) == ~EndOpen(t, s)

\* The election names a server that leads, or the server itself.
SoberElection == \E s, l \in Server : /\ s = l \/ role[l] = "LEADING"
                                      /\ Elected(s, l)

SoberBreak == \/ \E s, t \in Server : Broken(s, t) /\ LoseLearner(s, t)
              \/ \E s \in Server : /\ role[s] = "FOLLOWING"
                                   /\ Broken(s, leader[s])
                                   /\ Abandon(s)

LeaderFails == \E s \in Server : /\ role[s] = "LEADING"
                                 /\ \E k \in 0 .. Len(history[s]) : Crash(s, k)

TrioNext == SoberElection \/ Discovery \/ Synchronization \/ Broadcast \/ ClientRequest \/ Disk
            \/ SoberBreak \/ LeaderFails

TrioSpec == Init /\ [][TrioNext]_vars
=============================================================================
