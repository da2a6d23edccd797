----------------------- MODULE OldConnectionStillRead -----------------------
(* Wrong: a server that gives its role up still reads, in its next one, what was on its old        *)
(* connections.                                                                                   *)
(* Violates Receptive: what the old leader sent meets a follower that has just begun.             *)
EXTENDS quick

BrokenClosedAll(msgs, b) == msgs
=============================================================================
