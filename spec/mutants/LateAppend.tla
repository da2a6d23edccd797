----------------------------- MODULE LateAppend -----------------------------
(* Wrong: a server that stops following leaves the thread running that appends, which goes on with   *)
(* what it still has from the old leader, in whatever role the server is by then                   *)
(* (ZOOKEEPER-4712).                                                                              *)
(* Violates HistoriesMatch: s2 leads the second epoch with an empty history, in which a transaction *)
(* of the first turns up after s3 was synchronized.                                               *)
EXTENDS Reigns

\* What is on the way to a server that gives its role up is gone, but for proposals.
BrokenClosedAll(msgs, b) ==
  [a \in Server |-> [msgs[a] EXCEPT ![b] = SelectSeq(@, LAMBDA m : m.type = "PROPOSAL")]]

BrokenReceiveProposal(f, l) ==
  /\ Arrives(f, l, "PROPOSAL")
  /\ history' = [history EXCEPT ![f] = Append(@, Head(messages[l][f]).txn)]
  /\ Receive(f, l)
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, durable, cutTail, role, phase, leader, committed,
                 following, leading>>

\* The first epoch has one transaction, and what is left of it turns up before any of the second.
Sooner ==
  /\ Latest = 1 => \A s \in Server : Len(history[s]) <= 1
  /\ Latest = 2 /\ messages[First][Second] # <<>> => history[Second] = <<>>
=============================================================================
