---------------------------- MODULE LateProposal ----------------------------
(* Wrong: A server that leads goes on appending what an earlier leader had sent it.               *)
(* Violates GlobalPrimaryOrder: s2 delivers a transaction of its own epoch, and then one of the   *)
(* epoch before.                                                                                  *)
EXTENDS ReignsHistory

\* What is on the way to a server that gives its role up is gone, but for proposals.
BrokenClosedAll(msgs, b) ==
  [a \in Server |-> [msgs[a] EXCEPT ![b] = SelectSeq(@, LAMBDA m : m.type = "PROPOSAL")]]

BrokenReceiveProposal(f, l) ==
  /\ Arrives(f, l, "PROPOSAL")
  /\ history' = [history EXCEPT ![f] = Append(@, Head(messages[l][f]).txn)]
  /\ Receive(f, l)
  /\ UNCHANGED <<acceptedEpoch, currentEpoch, durable, cutTail, role, phase, leader, committed,
                 following, leading>>
=============================================================================
