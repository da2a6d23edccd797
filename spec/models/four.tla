-------------------------------- MODULE four --------------------------------
(* Four servers, of which three are a quorum: the second one that a leader hears of does not     *)
(* complete it.  With three servers the first one always does.                                   *)
EXTENDS Bounded

CONSTANTS First  \* the server that leads

FourNext == \/ \E s \in Server : Elected(s, First)
            \/ Discovery \/ Synchronization \/ Broadcast \/ Disk

FourSpec == Init /\ [][FourNext]_vars
=============================================================================
