------------------------ MODULE ServiceNewEpochFirst ------------------------
(* Wrong: What the primary of the last epoch broadcasts is delivered before what it found.        *)
(* Violates GlobalPrimaryOrder with a transaction in each of two epochs.                          *)
EXTENDS service

BrokenStream ==
  IF Begun = {} THEN <<>>
  ELSE LET last == CHOOSE e \in Begun : \A f \in Begun : f <= e
       IN broadcast[last] \o initial[last]
=============================================================================
