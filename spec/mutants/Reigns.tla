------------------------------- MODULE Reigns -------------------------------
(* One leader after the other: a small model for mutants, whose bounds and faults stand in their   *)
(* configurations.  The n-th of them leads the n-th epoch, followed by whom the configuration       *)
(* names, and is elected when the one before leads no more, and nobody follows.  The actions are   *)
(* Zab's, some with an additional condition; what the configuration names nobody for does not       *)
(* happen.                                                                                        *)
EXTENDS Bounded

CONSTANTS
  First, Second, Third, Fourth,                  \* who leads, one after the other; None leads nobody
  WithFirst, WithSecond, WithThird, WithFourth,  \* who follows each of them
  Restless,                                      \* who may give its role up for no reason
  Frail,                                         \* who may crash while it has a role
  Fertile,                                       \* the epochs in which something is proposed
  Orderly                                        \* does nobody join while another one still does?

\* The largest epoch that anyone has accepted.
Latest == CHOOSE e \in 0 .. MaxEpoch : /\ \E s \in Server : acceptedEpoch[s] = e
                                       /\ \A s \in Server : acceptedEpoch[s] <= e

Leads(e) == CASE e = 1 -> First
              [] e = 2 -> Second
              [] e = 3 -> Third
              [] e = 4 -> Fourth
              [] OTHER -> None

Follows(e) == CASE e = 1 -> WithFirst
                [] e = 2 -> WithSecond
                [] e = 3 -> WithThird
                [] e = 4 -> WithFourth
                [] OTHER -> {}

SoberElected(s, l) ==
  /\ \/ s = l /\ l = Leads(Latest + 1) /\ \A t \in Server : role[t] = "LOOKING"
     \/ /\ s # l
        /\ role[l] = "LEADING"
        /\ Orderly => \A f \in Server : role[f] = "FOLLOWING" => stage[f] = "ACTIVE"
        /\ \E e \in {Latest, Latest + 1} : l = Leads(e) /\ s \in Follows(e)
  /\ Elected(s, l)

SoberPropose(l, v) == acceptedEpoch[l] \in Fertile /\ Propose(l, v)

SoberAbandon(s) == (s \in Restless \/ Bereft(s)) /\ Abandon(s)

SoberCrash(s, k) == s \in Frail /\ role[s] # "LOOKING" /\ Crash(s, k)

SoberCrashUncut(s, k) == s \in Frail /\ role[s] # "LOOKING" /\ CrashUncut(s, k)

ReignsNext ==
  \/ \E s, l \in Server : SoberElected(s, l)
  \/ Discovery \/ Synchronization \/ Broadcast \/ Disk
  \/ \E s \in Server, v \in Value : SoberPropose(s, v)
  \/ \E s, t \in Server : SoberLoseLearner(s, t)
  \/ \E s \in Server : SoberAbandon(s)
  \/ \E s \in Server : \E k \in 0 .. Len(history[s]) : SoberCrash(s, k)
  \/ \E s \in Server : \E k \in 1 .. Len(cutTail[s]) : SoberCrashUncut(s, k)

ReignsSpec == Init /\ [][ReignsNext]_vars
=============================================================================
