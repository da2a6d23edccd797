--------------------------- MODULE ElectionNoWait ---------------------------
(* Wrong: A server leaves as soon as a quorum agrees with its vote, and does not wait for a       *)
(* better one.                                                                                    *)
(* Violates OneLeaderARound: two servers agree on the second, and one of them leaves before it    *)
(* hears of the third.                                                                            *)
EXTENDS electioncalm

BrokenHasRead(s, t) == TRUE
=============================================================================
