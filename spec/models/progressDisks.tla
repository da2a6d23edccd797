---------------------------- MODULE progressDisks ----------------------------
(* Progress from disks that differ, as earlier epochs can have left them; progressDisks.cfg says  *)
(* which servers and faults there are.                                                           *)
EXTENDS ZabProgress

CONSTANTS
  One,    \* a member of Stable
  Other,  \* another one
  Third   \* the third server, which had a part in it

Txn(e, c) == [zxid |-> Zxid(e, c), value |-> CHOOSE v \in Value : TRUE]

\* These are their disks, and the election has told s to follow told[s].
Told(told, ofOne, ofOther, ofThird) ==
  LET of == [s \in Server |-> CASE s = One -> ofOne [] s = Other -> ofOther [] OTHER -> ofThird]
  IN Restarted([s \in Server |-> of[s].accepted], [s \in Server |-> of[s].current],
               [s \in Server |-> of[s].log], told)

Disks(ofOne, ofOther, ofThird) == Told([s \in Server |-> None], ofOne, ofOther, ofThird)

Disk_(a, c, h) == [accepted |-> a, current |-> c, log |-> h]

Blank == Disk_(0, 0, <<>>)

DivergentStart ==
  \* One led epoch 1, proposed a second transaction, and crashed; the others went on without it.
  \/ Disks(Disk_(1, 1, <<Txn(1, 1), Txn(1, 2)>>), Disk_(2, 2, <<Txn(1, 1)>>), Disk_(2, 2, <<Txn(1, 1)>>))
  \* One led epoch 1 and proposed, alone; the others never heard of it, and had transactions of their own.
  \/ Disks(Disk_(1, 1, <<Txn(1, 1)>>), Disk_(2, 2, <<Txn(2, 1)>>), Disk_(2, 2, <<>>))
  \* One decided an epoch, and another one, and nobody heard of either.
  \/ Disks(Disk_(2, 0, <<>>), Blank, Blank)
  \* Other led epoch 2; One crashed after it had its history and before it stored the epoch.
  \/ Disks(Disk_(2, 1, <<Txn(1, 1), Txn(2, 1)>>), Disk_(2, 2, <<Txn(1, 1), Txn(2, 1)>>), Disk_(2, 2, <<Txn(1, 1)>>))
=============================================================================
