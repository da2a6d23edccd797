--------------------------- MODULE RefusesForEver ---------------------------
(* Not everybody joins, though all are stable and nothing strikes.  Third led an epoch that       *)
(* nobody else lived to see, and decided one later than the others know of.  A quorum of them     *)
(* goes on in an earlier one, and has no reason to give up; Third refuses it each time.           *)
EXTENDS progressDisks

AloneStart == Disks(Blank, Blank, Disk_(2, 0, <<>>))
=============================================================================
