----------------------------- MODULE ZabHistory -----------------------------
(***************************************************************************)
(* Zab, and what an observer remembers of it who never crashes: what was    *)
(* broadcast, and what was delivered.  The properties that users care about *)
(* speak of the past, which a crash takes from the servers' own variables.  *)
(*                                                                          *)
(* Everything added is auxiliary.  No action of Zab reads the variables     *)
(* below; each step of Zab determines, by Remember, what becomes of them;   *)
(* and Remember can always be satisfied.  So this module has the behaviours *)
(* of Zab.tla, no more and no fewer, with something written beside each     *)
(* state, and what is shown here of Zab's variables holds of Zab.           *)
(*                                                                          *)
(* Each variable is of AtomicBroadcast, or serves a property below.  In a   *)
(* correct protocol they are all but determined by little (one sequence,    *)
(* and how far into it everybody has got); they are written out so that an  *)
(* incorrect one is seen.                                                   *)
(***************************************************************************)
EXTENDS Zab

CONSTANTS
  Epoch  \* the epochs that AtomicBroadcast chooses from: in a model, those within its bounds

VARIABLES
  initial,    \* for each epoch that was established, what its leader had delivered by then
  broadcast,  \* for each epoch that was established, what its leaders proposed in it, in order
  confirmed,  \* for each epoch that was established, what its leaders delivered in it at most
  delivered   \* for each server, what it delivered in all its life

remembered  == <<initial, broadcast, confirmed, delivered>>
historyVars == <<vars, remembered>>

----------------------------------------------------------------------------
(* What is remembered *)

IsPrefix(g, h) == Len(g) <= Len(h) /\ g = Prefix(h, Len(g))

\* h, after g was delivered from the beginning: the longer one, if they agree.  If they do not, g,
\* so that DeliversTheSameAgain sees the step.
After(h, g) == IF IsPrefix(g, h) THEN h ELSE g

\* What s delivered since it started, before the step and after it.
Applied(s)     == Prefix(history[s], committed[s])
NextApplied(s) == Prefix(history'[s], committed'[s])

\* The epoch whose primary s is: that of an established leader, which may propose.  0: none.
Primary(s) == IF role[s] = "LEADING" /\ phase[s] = "BROADCAST" THEN acceptedEpoch[s] ELSE 0

\* Those who are primaries of epoch e after the step, and those of them who proposed in it.
NextPrimaries(e) == {s \in Server : Primary(s)' = e}
Proposing(e)     == {s \in NextPrimaries(e) : Primary(s) = e /\ history'[s] # history[s]}

\* What becomes of the remembered variables in a step of Zab.
Remember ==
  LET begun == DOMAIN broadcast \cup ({Primary(s)' : s \in Server} \ {0})
      was(f, e) == IF e \in DOMAIN f THEN f[e] ELSE <<>>
  IN /\ initial' = [e \in begun |->
                     IF e \in DOMAIN initial THEN initial[e]
                     ELSE NextApplied(CHOOSE s \in NextPrimaries(e) : TRUE)]
     /\ broadcast' = [e \in begun |->
                       IF Proposing(e) = {} THEN was(broadcast, e)
                       ELSE LET s == CHOOSE s \in Proposing(e) : TRUE
                            IN Append(broadcast[e], history'[s][Len(history'[s])])]
     /\ confirmed' = [e \in begun |->
                       IF NextPrimaries(e) = {} THEN confirmed[e]
                       ELSE After(was(confirmed, e),
                                  NextApplied(CHOOSE s \in NextPrimaries(e) : TRUE))]
     /\ delivered' = [s \in Server |-> After(delivered[s], NextApplied(s))]

HistoryInit ==
  /\ Init
  /\ initial = <<>>
  /\ broadcast = <<>>
  /\ confirmed = <<>>
  /\ delivered = [s \in Server |-> <<>>]

HistoryNext == Next /\ Remember

HistorySpec == HistoryInit /\ [][HistoryNext]_historyVars

----------------------------------------------------------------------------
(* Zab implements atomic broadcast.  initial, broadcast and delivered have their names there. *)

Abstract == INSTANCE AtomicBroadcast
            WITH Process <- Server,
                 primary <- [s \in Server |-> Primary(s)],
                 applied <- [s \in Server |-> Applied(s)]

Refines == Abstract!Spec

\* The six properties of the paper, over the protocol.
Integrity          == Abstract!Integrity
TotalOrder         == Abstract!TotalOrder
Agreement          == Abstract!Agreement
LocalPrimaryOrder  == Abstract!LocalPrimaryOrder
GlobalPrimaryOrder == Abstract!GlobalPrimaryOrder
PrimaryIntegrity   == Abstract!PrimaryIntegrity

----------------------------------------------------------------------------
(* What else users and auditors ask of it *)

HistoryTypeOK ==
  /\ TypeOK
  /\ DOMAIN broadcast \subseteq Epoch
  /\ initial \in [DOMAIN broadcast -> Seq(TxnType)]
  /\ broadcast \in [DOMAIN broadcast -> Seq(TxnType)]
  /\ confirmed \in [DOMAIN broadcast -> Seq(TxnType)]
  /\ delivered \in [Server -> Seq(TxnType)]

\* What anybody ever delivered is on disk at a quorum, also when those who delivered it crashed.
DeliveredIsDurable ==
  \A s \in Server :
    Quorum({t \in Server : IsPrefix(delivered[s], Prefix(history[t], durable[t]))})

\* What was delivered in an epoch is in the history of every leader established in a later one,
\* also when all who delivered it have crashed (in the paper: the claims that lead to primary
\* integrity).
DeliveredSurvives ==
  \A l \in Server : Established(l) =>
    \A e \in DOMAIN confirmed : e < acceptedEpoch[l] => IsPrefix(confirmed[e], history[l])

\* A server delivers in the order of zxids, and of an epoch all transactions from the first one on.
DeliversWithoutGaps ==
  \A s \in Server : \A i \in DOMAIN delivered[s] :
    LET before == ZxidAt(delivered[s], i - 1)
        zxid   == ZxidAt(delivered[s], i)
    IN \/ zxid = Zxid(before.epoch, before.counter + 1)
       \/ zxid.epoch > before.epoch /\ zxid.counter = 1

\* f.p and f.a of the paper never go back, across crashes either.
EpochsNeverGoBack ==
  [][\A s \in Server : /\ acceptedEpoch'[s] >= acceptedEpoch[s]
                       /\ currentEpoch'[s] >= currentEpoch[s]]_vars

\* A server goes on from what it delivered, or begins again from nothing; and what it delivers is
\* what it delivered in earlier lives, until it gets further than it was.
DeliversTheSameAgain ==
  [][\A s \in Server : /\ IsPrefix(delivered[s], delivered'[s])
                       /\ IsPrefix(Applied(s), NextApplied(s)) \/ NextApplied(s) = <<>>]_historyVars
=============================================================================
