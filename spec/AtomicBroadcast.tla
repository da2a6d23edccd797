-------------------------- MODULE AtomicBroadcast --------------------------
(***************************************************************************)
(* The service that users of Zab believe in: atomic broadcast in primary    *)
(* order.  Some process is now and then a primary, in an epoch of its own,  *)
(* and broadcasts transactions; every process delivers them, one sequence   *)
(* for all; processes crash and deliver again, from the beginning.          *)
(*                                                                          *)
(* There are no quorums, messages, logs or elections here: this is what a   *)
(* primary-backup system may rely on, not how it comes about.  Zab.tla      *)
(* says how, and ZabHistory.tla that it does: it refines this module.       *)
(*                                                                          *)
(* At the end stand the six properties of the DSN 2011 paper (Junqueira,    *)
(* Reed, Serafini).  They are theorems of this module, and say nothing of   *)
(* how it is written: broadcast, initial and delivered are all they see, so *)
(* ZabHistory checks the very same formulas over the protocol.              *)
(*                                                                          *)
(* Several primaries may believe in themselves at once, each in its epoch,  *)
(* and processes deliver what the last of them has broadcast.  Nothing is   *)
(* said of when a process delivers, nor that it ever does.                  *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS
  Process,  \* who broadcasts and delivers
  Value,    \* what clients ask to broadcast
  Epoch     \* numbers, above 0, of the epochs that there may be

VARIABLES
  primary,    \* for each process, the epoch whose primary it is now, 0 if it is none
  initial,    \* for each epoch that has begun, what its primary had delivered when it began
  broadcast,  \* for each epoch that has begun, what its primary broadcast, in order
  delivered,  \* for each process, what it delivered in all its life, in order
  applied     \* for each process, what it delivered since it last started

vars == <<primary, initial, broadcast, delivered, applied>>

----------------------------------------------------------------------------
(* Sequences *)

\* The first n elements of h.
Prefix(h, n) == SubSeq(h, 1, n)

IsPrefix(g, h) == Len(g) <= Len(h) /\ g = Prefix(h, Len(g))

\* h, unless g goes further.
Longer(h, g) == IF Len(g) > Len(h) THEN g ELSE h

Range(h) == {h[i] : i \in DOMAIN h}

\* Where does txn stand in h?
Positions(h, txn) == {i \in DOMAIN h : h[i] = txn}

\* Does txn occur in the first n elements of h?
Among(h, n, txn) == \E i \in Positions(h, txn) : i <= n

----------------------------------------------------------------------------
(* The sequence that everybody delivers *)

\* The epochs that have begun.
Begun == DOMAIN broadcast

\* All that can be delivered as long as no other epoch begins: what the primary of the last epoch
\* found delivered, and what it broadcast since.  The next primary may cut off what nobody has
\* delivered by then.
Stream ==
  IF Begun = {} THEN <<>>
  ELSE LET last == CHOOSE e \in Begun : \A f \in Begun : f <= e
       IN initial[last] \o broadcast[last]

\* p delivers the first n transactions of the stream, some of them perhaps for the second time.
Delivers(p, n) ==
  /\ applied' = [applied EXCEPT ![p] = Prefix(Stream, n)]
  /\ delivered' = [delivered EXCEPT ![p] = Longer(@, Prefix(Stream, n))]

\* The first n transactions of the stream are what a primary of epoch e has to deliver before it
\* broadcasts: all that anybody delivered.  An epoch can also begin after a later one has; then it
\* is the transactions of earlier epochs, and what its primary broadcasts is never delivered.
Suffices(e, n) ==
  IF \A f \in Begun : f < e
  THEN \A p \in Process : Len(delivered[p]) <= n
  ELSE n = Cardinality({i \in DOMAIN Stream : Stream[i].zxid.epoch < e})

----------------------------------------------------------------------------

Init ==
  /\ primary = [p \in Process |-> 0]
  /\ initial = <<>>
  /\ broadcast = <<>>
  /\ delivered = [p \in Process |-> <<>>]
  /\ applied = [p \in Process |-> <<>>]

\* p becomes the primary of epoch e (in the paper: ready(e)), which nobody has been before, and
\* has delivered the first n transactions of the stream.
Begin(p, e, n) ==
  /\ primary[p] = 0
  /\ e \notin Begun
  /\ n >= Len(applied[p])
  /\ Suffices(e, n)
  /\ primary' = [primary EXCEPT ![p] = e]
  /\ initial' = [f \in Begun \cup {e} |-> IF f = e THEN Prefix(Stream, n) ELSE initial[f]]
  /\ broadcast' = [f \in Begun \cup {e} |-> IF f = e THEN <<>> ELSE broadcast[f]]
  /\ Delivers(p, n)

\* The primary p broadcasts v, under the next zxid of its epoch.
Broadcast(p, v) ==
  /\ primary[p] # 0
  /\ LET e   == primary[p]
         txn == [zxid |-> [epoch |-> e, counter |-> Len(broadcast[e]) + 1], value |-> v]
     IN broadcast' = [broadcast EXCEPT ![e] = Append(@, txn)]
  /\ UNCHANGED <<primary, initial, delivered, applied>>

\* p delivers more, up to the n-th transaction of the stream.
Deliver(p, n) ==
  /\ n > Len(applied[p])
  /\ Delivers(p, n)
  /\ UNCHANGED <<primary, initial, broadcast>>

\* p is a primary no longer.  Its epoch has no other one.
Resign(p) ==
  /\ primary[p] # 0
  /\ primary' = [primary EXCEPT ![p] = 0]
  /\ UNCHANGED <<initial, broadcast, delivered, applied>>

\* p stops and starts again: it will deliver from the beginning.
Crash(p) ==
  /\ primary' = [primary EXCEPT ![p] = 0]
  /\ applied' = [applied EXCEPT ![p] = <<>>]
  /\ UNCHANGED <<initial, broadcast, delivered>>

Next ==
  \E p \in Process :
    \/ \E e \in Epoch, n \in 0 .. Len(Stream) : Begin(p, e, n)
    \/ \E v \in Value : Broadcast(p, v)
    \/ \E n \in 0 .. Len(Stream) : Deliver(p, n)
    \/ Resign(p)
    \/ Crash(p)

Spec == Init /\ [][Next]_vars

----------------------------------------------------------------------------
(* Invariants *)

TxnType == [zxid : [epoch : Epoch, counter : Nat], value : Value]

TypeOK ==
  /\ Begun \subseteq Epoch
  /\ primary \in [Process -> {0} \cup Begun]
  /\ initial \in [Begun -> Seq(TxnType)]
  /\ broadcast \in [Begun -> Seq(TxnType)]
  /\ delivered \in [Process -> Seq(TxnType)]
  /\ applied \in [Process -> Seq(TxnType)]

\* One sequence for all, and after a crash again.
OneSequence ==
  \A p \in Process : IsPrefix(applied[p], delivered[p]) /\ IsPrefix(delivered[p], Stream)

----------------------------------------------------------------------------
(* The six properties of the paper.  A process delivers a transaction, a    *)
(* pair of value and zxid, when it does so first in its life; OneSequence   *)
(* says of the times after a crash that they bring nothing else.  Where the *)
(* paper says that a process must also deliver something, it must have      *)
(* done so already: these are invariants, not promises.                     *)

\* Integrity: what some process delivers, some primary has broadcast.
Integrity ==
  \A p \in Process : \A txn \in Range(delivered[p]) :
    \E e \in Begun : txn \in Range(broadcast[e])

\* Total order: if some process delivers one transaction before another one, then whoever delivers
\* the other one delivers the one before it.
TotalOrder ==
  \A p, q \in Process : \A j \in DOMAIN delivered[p] : \A i \in 1 .. j - 1 :
    \A k \in Positions(delivered[q], delivered[p][j]) :
      Among(delivered[q], k - 1, delivered[p][i])

\* Agreement: of any two processes, and a transaction that each delivers, one delivers that of the
\* other as well.
Agreement ==
  \A p, q \in Process : \A a \in Range(delivered[p]), b \in Range(delivered[q]) :
    a \in Range(delivered[q]) \/ b \in Range(delivered[p])

\* Local primary order: if a primary broadcasts one transaction before another one, then whoever
\* delivers the other one delivers the one before it.
LocalPrimaryOrder ==
  \A e \in Begun : \A j \in DOMAIN broadcast[e] : \A i \in 1 .. j - 1 :
    \A p \in Process : \A k \in Positions(delivered[p], broadcast[e][j]) :
      Among(delivered[p], k - 1, broadcast[e][i])

\* Global primary order: a process that delivers transactions of two primaries delivers those of
\* the earlier epoch first.
GlobalPrimaryOrder ==
  \A e, f \in Begun : e < f =>
    \A p \in Process : \A a \in Range(broadcast[e]), b \in Range(broadcast[f]) :
      \A i \in Positions(delivered[p], a), j \in Positions(delivered[p], b) : i < j

\* Primary integrity: what a primary of an earlier epoch broadcast and any process delivers, before
\* or after, a primary has delivered before it broadcasts.  It may broadcast as soon as its epoch
\* has begun, so that is when it must have.
PrimaryIntegrity ==
  \A f \in Begun : broadcast[f] # <<>> =>
    \A e \in Begun : e < f =>
      \A p \in Process : \A txn \in Range(broadcast[e]) \cap Range(delivered[p]) :
        txn \in Range(initial[f])

THEOREM Spec => [](/\ TypeOK
                   /\ OneSequence
                   /\ Integrity
                   /\ TotalOrder
                   /\ Agreement
                   /\ LocalPrimaryOrder
                   /\ GlobalPrimaryOrder
                   /\ PrimaryIntegrity)
=============================================================================
