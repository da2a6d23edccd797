--------------------------- MODULE RemembersNobody --------------------------
(* Wrong: The observer takes a server that is no primary for that of epoch 0, and writes that     *)
(* down.                                                                                          *)
(* Violates HistoryTypeOK with the first step.                                                    *)
EXTENDS history

BrokenRemember ==
  LET begun == DOMAIN broadcast \cup {Primary(s)' : s \in Server}
      was(f, e) == IF e \in DOMAIN f THEN f[e] ELSE <<>>
  IN /\ initial' = [e \in begun |->
                     IF e \in DOMAIN initial THEN initial[e]
                     ELSE NextApplied(CHOOSE s \in NextPrimaries(e) : TRUE)]
     /\ broadcast' = [e \in begun |->
                       IF Proposing(e) = {} THEN was(broadcast, e)
                       ELSE LET s == CHOOSE s \in Proposing(e) : TRUE
                            IN Append(broadcast[e], history'[s][Len(history'[s])])]
     /\ confirmed' = [e \in begun |->
                       IF NextPrimaries(e) = {} THEN confirmed[e]
                       ELSE After(was(confirmed, e),
                                  NextApplied(CHOOSE s \in NextPrimaries(e) : TRUE))]
     /\ delivered' = [s \in Server |-> After(delivered[s], NextApplied(s))]
=============================================================================
