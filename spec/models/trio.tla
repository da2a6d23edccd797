-------------------------------- MODULE trio --------------------------------
(* Three servers and two epochs, with a few faults: trio.cfg says which are left out.  The       *)
(* actions are Zab's, some with an additional condition.                                         *)
EXTENDS Bounded

\* The election names a server that leads, or the server itself.
SoberElected(s, l) == (s = l \/ role[l] = "LEADING") /\ Elected(s, l)

SoberAbandon(s) == Bereft(s) /\ Abandon(s)

SoberCrash(s, k) == role[s] = "LEADING" /\ Crash(s, k)

TrioNext == \/ \E s, l \in Server : SoberElected(s, l)
            \/ Discovery \/ Synchronization \/ Broadcast \/ ClientRequest \/ Disk
            \/ \E s, t \in Server : SoberLoseLearner(s, t)
            \/ \E s \in Server : SoberAbandon(s)
            \/ \E s \in Server : \E k \in 0 .. Len(history[s]) : SoberCrash(s, k)

TrioSpec == Init /\ [][TrioNext]_vars
=============================================================================
