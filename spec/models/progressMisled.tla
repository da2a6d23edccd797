--------------------------- MODULE progressMisled ---------------------------
(* Progress after an election that told everybody who goes on something else: they may follow one  *)
(* who stops, and lead side by side.  progressMisled.cfg says which servers there are.            *)
EXTENDS progressDisks

\* Third led epoch 1, proposed a second transaction, and crashed; the others went on without it.
OfThird  == Disk_(1, 1, <<Txn(1, 1), Txn(1, 2)>>)
OfOthers == Disk_(2, 2, <<Txn(1, 1)>>)

MisledStart ==
  \E ofOne, ofOther \in Server :
    Told([s \in Server |-> CASE s = One -> ofOne [] s = Other -> ofOther [] OTHER -> None],
         OfOthers, OfOthers, OfThird)
=============================================================================
