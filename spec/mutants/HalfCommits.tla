---------------------------- MODULE HalfCommits ----------------------------
(* Wrong: half of the servers count as a quorum, also for what is committed.                        *)
(* Violates CommittedPrefixesAgree: s3 and s4 deliver a transaction of their second epoch; then s1  *)
(* and s2, which know nothing of them, deliver one of their first.                                *)
EXTENDS Reigns

BrokenQuorum(S) == 2 * Cardinality(S) >= Cardinality(Server)
=============================================================================
