------------------------- MODULE HoleInCommittedLog -------------------------
(* Wrong: what comes to a learner while it synchronizes is missing from the list of committed        *)
(* transactions that it keeps in memory, and that feeds DIFF when it leads (ZOOKEEPER-4925).       *)
(* Violates HistoriesMatch: s3 gets the first transaction while it synchronizes and the second     *)
(* afterwards; as leader it sends s2, which has neither, the second alone.                        *)
EXTENDS Reigns

VARIABLE unlisted  \* for each server, the zxids that are missing from that list

\* Nobody crashes here; after a crash the list is made again from the log.
HoleNext ==
  /\ ReignsNext
  /\ unlisted' = [s \in Server |->
                   IF FollowerAt(s, {"SYNC", "NEWLEADER", "ACKED"}) /\ Len(history'[s]) > Len(history[s])
                   THEN unlisted[s] \cup {LastZxid(history'[s])}
                   ELSE unlisted[s]]

HoleSpec == Init /\ unlisted = [s \in Server |-> {}] /\ [][HoleNext]_<<vars, unlisted>>

BrokenCatchUp(l, z, upTo) ==
  LET h      == history[l]
      n      == CountUpTo(h, z)
      header == IF ZxidAt(h, n) = z                  THEN <<Diff>>
                ELSE IF ZxidAt(h, n).epoch = z.epoch THEN <<Trunc(ZxidAt(h, n))>>
                                                     ELSE <<Snap(h)>>
      start  == IF header[1].type = "SNAP" THEN Len(h) ELSE n
      listed == SelectSeq(Suffix(h, start), LAMBDA t : t.zxid \notin unlisted[l])
  IN header
     \o [i \in 1 .. Len(listed) |-> Proposal(listed[i])]
     \o (IF upTo = 0 THEN <<>> ELSE <<Commit(ZxidAt(h, upTo))>>)
     \o <<NewLeader(acceptedEpoch[l])>>

\* s2 gets nothing in the first epoch.
Stale == Latest = 1 => \A s \in WithSecond : history[s] = <<>>
=============================================================================
