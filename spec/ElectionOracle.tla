--------------------------- MODULE ElectionOracle ---------------------------
(***************************************************************************)
(* Fast leader election does what Zab.tla asks of an election: each server  *)
(* that leaves LOOKING is told one leader, by a step of Zab that is         *)
(* Elected(s, l), whoever the others are told.                              *)
(*                                                                          *)
(* Of a server in Zab one sees here what an election decides: role, phase   *)
(* and leader, and what Elected(s, l) sets with them.  All the rest is as   *)
(* it was at the start: that a server did more between two elections than   *)
(* begin discovery is in Zab, and here only in own, which Zab's state does  *)
(* not follow.  So Zab's crash of a server that looks, and all that happens *)
(* before it leaves, is no step at all.                                     *)
(***************************************************************************)
EXTENDS FastLeaderElection

ForEach(x) == [s \in Server |-> x]

Zab == INSTANCE Zab WITH
  Value         <- {},
  acceptedEpoch <- ForEach(0),
  currentEpoch  <- ForEach(0),
  history       <- ForEach(<<>>),
  durable       <- ForEach(0),
  cutTail       <- ForEach(<<>>),
  role          <- role,
  phase         <- [s \in Server |-> IF role[s] = "LOOKING" THEN "ELECTION" ELSE "DISCOVERY"],
  leader        <- [s \in Server |-> IF role[s] = "LOOKING" THEN None ELSE vote[s].leader],
  committed     <- ForEach(0),
  stage         <- ForEach("NONE"),
  newLeaderAt   <- ForEach(-1),
  pendingCommit <- ForEach(0),
  learner       <- ForEach(ForEach([stage |-> "NONE", lastZxid |-> [epoch |-> 0, counter |-> 0]])),
  proposedEpoch <- [s \in Server |-> IF role[s] = "LEADING" THEN 1 ELSE 0],
  gathered      <- [s \in Server |-> IF role[s] = "LEADING" THEN {s} ELSE {}],
  acked         <- ForEach(ForEach([epoch |-> 0, counter |-> 0])),
  messages      <- ForEach(ForEach(<<>>))

\* Zab's own steps: a server is told a leader, gives its role up, or crashes.
ElectsForZab ==
  Zab!Init /\ [][\E s \in Server : \/ \E l \in Server : Zab!Elected(s, l)
                                   \/ Zab!Abandon(s)
                                   \/ Zab!Crash(s, 0)]_Zab!vars

\* And which of them is which: who leaves LOOKING does so by Elected, with the leader of its vote.
LeavesByElected ==
  [][\A s \in Server :
       role[s] = "LOOKING" /\ role'[s] # "LOOKING" => Zab!Elected(s, vote'[s].leader)]_vars

THEOREM Spec => ElectsForZab /\ LeavesByElected
=============================================================================
