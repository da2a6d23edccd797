---------------------- MODULE ServiceForgetfulDelivery ----------------------
(* Wrong: A process delivers further than before without counting that among what it has          *)
(* delivered in its life.                                                                         *)
(* Violates OneSequence with the first delivery.                                                  *)
EXTENDS service

BrokenDelivers(p, n) ==
  /\ applied' = [applied EXCEPT ![p] = Prefix(Stream, n)]
  /\ delivered' = delivered
=============================================================================
