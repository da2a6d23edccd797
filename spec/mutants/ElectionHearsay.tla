--------------------------- MODULE ElectionHearsay --------------------------
(* Wrong: A server that follows answers as if it were the leader.                                 *)
(* Violates WordsAreTrue: it says that it leads, and names another.                               *)
EXTENDS election

BrokenWordOf(s) == Notification(IF role[s] = "LOOKING" THEN "LOOKING" ELSE "LEADING", round[s], vote[s])
=============================================================================
