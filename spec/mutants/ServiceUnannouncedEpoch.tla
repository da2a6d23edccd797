----------------------- MODULE ServiceUnannouncedEpoch ----------------------
(* Wrong: A process becomes the primary of an epoch that is written down nowhere as begun.        *)
(* Violates TypeOK at once.                                                                       *)
EXTENDS service

BrokenBegin(p, e, n) ==
  /\ primary[p] = 0
  /\ e \notin Begun
  /\ n >= Len(applied[p])
  /\ Suffices(e, n)
  /\ primary' = [primary EXCEPT ![p] = e]
  /\ UNCHANGED <<initial, broadcast>>
  /\ Delivers(p, n)
=============================================================================
