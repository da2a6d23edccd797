/** Changes to `spec/Zab.tla` that its invariants must catch: each makes the protocol wrong in one way. */
import type { Change, Mutant } from './mutant.ts';

const FILE = 'spec/Zab.tla';

function mutant(
  name: string,
  model: string,
  invariant: string,
  sentence: string,
  changes: readonly (readonly [find: string, replace: string])[],
  issue?: string,
): Mutant {
  return {
    kind: 'spec',
    name,
    sentence,
    model,
    changes: changes.map(([find, replace]): Change => ({ file: FILE, find, replace })),
    caught: { by: 'invariant', what: invariant },
    ...(issue === undefined ? {} : { issue }),
  };
}

export const SPECIFICATION_MUTANTS: readonly Mutant[] = [
  mutant(
    'acknowledge-before-sync',
    'quick',
    'CommittedIsDurable',
    'A follower acknowledges a proposal when it has appended it, not when the disk has it.',
    [
      [
        `  /\\ history' = [history EXCEPT ![f] = Append(@, Head(messages[l][f]).txn)]
  /\\ Receive(f, l)
`,
        `  /\\ history' = [history EXCEPT ![f] = Append(@, Head(messages[l][f]).txn)]
  /\\ IF stage[f] = "ACTIVE" THEN Reply(f, l, To(l, <<Ack(Head(messages[l][f]).txn.zxid)>>))
                            ELSE Receive(f, l)
`,
      ],
    ],
    'ZOOKEEPER-4646',
  ),
  mutant(
    'epoch-before-history',
    'quick',
    'CommittedIsDurable',
    'A follower stores the epoch and acknowledges NEWLEADER before its history is on disk.',
    [
      [
        `        /\\ durable[s] >= newLeaderAt[s]
        /\\ cutTail[s] = <<>>
`,
        '',
      ],
    ],
    'ZOOKEEPER-4643',
  ),
  mutant('half-is-a-quorum', 'quick', 'OneLeaderAnEpoch', 'Half of the servers count as a quorum.', [
    [
      'Quorum(S) == 2 * Cardinality(S) > Cardinality(Server)',
      'Quorum(S) == 2 * Cardinality(S) >= Cardinality(Server)',
    ],
  ]),
  mutant(
    'older-epoch-accepted',
    'stale',
    'Receptive',
    'A follower follows any leader, also one with an older epoch than the one it accepted.',
    [
      ['     IN IF epoch < acceptedEpoch[f]\n', '     IN IF FALSE\n'],
      [
        "        ELSE /\\ acceptedEpoch' = [acceptedEpoch EXCEPT ![f] = epoch]\n",
        "        ELSE /\\ acceptedEpoch' = [acceptedEpoch EXCEPT ![f] = Max(@, epoch)]\n",
      ],
    ],
  ),
  mutant(
    'truncation-forgotten',
    'succession',
    'HistoriesMatch',
    'A learner whose tail must be cut off is sent DIFF.',
    [['THEN <<Trunc(ZxidAt(h, n))>>', 'THEN <<Diff>>']],
  ),
  mutant(
    'second-answer-counted',
    'rivals',
    'OneLeaderAnEpoch',
    'A follower that had accepted the epoch before counts towards the quorum that accepts it.',
    [['counts   == answer.epoch # NotCounted', 'counts   == TRUE']],
  ),
  mutant(
    'follower-ahead-not-refused',
    'trio',
    'CommittedSurvives',
    'A leader counts a follower whose history is more recent than its own.',
    [
      ['waiting /\\ ~complete /\\ ahead', 'FALSE'],
      ['waiting /\\ (complete \\/ ~ahead)', 'waiting'],
    ],
  ),
  mutant(
    'vote-for-unsynced-log',
    'quick',
    'CommittedIsDurable',
    'A server takes part in an election with a log that is not on its disk.',
    [['  /\\ role[s] = "LOOKING"\n  /\\ Synced(s)\n', '  /\\ role[s] = "LOOKING"\n']],
  ),
  mutant(
    'leader-counts-unsynced',
    'quick',
    'CommittedIsDurable',
    'A leader counts itself towards the quorum of a proposal that is not on its disk.',
    [['(IF i <= n THEN {l} ELSE {})', '{l}']],
  ),
  mutant(
    'history-from-applied-prefix',
    'quick',
    'Receptive',
    'A follower says how recent its history is by what it delivered, while a longer log is on its disk.',
    [
      [
        '                                             LastZxid(history[f]))>>))',
        '                                             ZxidAt(history[f], committed[f]))>>))',
      ],
    ],
    'ZOOKEEPER-2845',
  ),
  mutant(
    'newleader-before-catch-up',
    'quick',
    'Receptive',
    'A leader sends NEWLEADER ahead of the proposals that the learner lacks, so that they are not on disk when it is acknowledged.',
    [
      [
        `  IN header
     \\o [i`,
        `  IN header
     \\o <<NewLeader(acceptedEpoch[l])>>
     \\o [i`,
      ],
      [
        `     \\o (IF upTo = 0 THEN <<>> ELSE <<Commit(ZxidAt(h, upTo))>>)
     \\o <<NewLeader(acceptedEpoch[l])>>
`,
        `     \\o (IF upTo = 0 THEN <<>> ELSE <<Commit(ZxidAt(h, upTo))>>)
`,
      ],
    ],
    'ZOOKEEPER-3911',
  ),
  mutant(
    'old-connection-still-read',
    'quick',
    'Receptive',
    'A server that loses its connections still reads what was on them.',
    [
      [
        'ClosedAll(msgs, b) == [a \\in Server |-> [msgs[a] EXCEPT ![b] = <<>>]]',
        'ClosedAll(msgs, b) == msgs',
      ],
    ],
  ),
  {
    kind: 'spec',
    name: 'leader-delivers-at-once',
    sentence:
      'A leader delivers what it proposes; two of them deliver different transactions. Invariants that see it earlier are left out.',
    model: 'succession',
    changes: [
      {
        file: FILE,
        find: `<<Proposal(txn)>> ELSE <<>>])
  /\\ UNCHANGED <<acceptedEpoch, currentEpoch, durable, cutTail, role, phase, leader, committed,
                 following, leading>>`,
        replace: `<<Proposal(txn)>> ELSE <<>>])
  /\\ committed' = [committed EXCEPT ![l] = @ + 1]
  /\\ UNCHANGED <<acceptedEpoch, currentEpoch, durable, cutTail, role, phase, leader, following, leading>>`,
      },
      ...['spec/models/quick.cfg', 'spec/models/succession.cfg'].map((file) => ({
        file,
        find: '  CommittedIsDurable\n  CommittedSurvives\n',
        replace: '',
      })),
    ],
    caught: { by: 'invariant', what: 'CommittedPrefixesAgree' },
  },
];
