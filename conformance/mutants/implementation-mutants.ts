/** Bugs seeded in `impl/`, one at a time: each breaks one thing that the specification says, and lockstep must see it. */
import { ELECTION_MUTANTS } from './election-mutants.ts';
import { seeded, type Mutant } from './mutant.ts';

const FOLLOWER = 'impl/protocol/follower.ts';
const LEADER = 'impl/protocol/leader.ts';
const PEER = 'impl/protocol/peer.ts';
const REPLICA = 'impl/protocol/replica.ts';
const CATCH_UP = 'impl/protocol/catch-up.ts';
const QUORUM_ACKS = 'impl/broadcast/quorum-acks.ts';

const DELIVERED = 'history.between(snapshotFirst ? history.basePosition : this.#committed, n);';

const PROTOCOL_MUTANTS = seeded('quick', {
  'acknowledges-before-sync': {
    sentence: 'A follower acknowledges a proposal when it has appended it, not when the disk has it.',
    issue: 'ZOOKEEPER-4646',
    caught: { by: 'variable', what: 'messages' },
    file: FOLLOWER,
    changes: [
      [
        'replica.append(transactions, effects);',
        "replica.append(transactions, effects);\n    if (this.#stage === 'ACTIVE') this.#acknowledge(last, effects);",
      ],
    ],
  },
  'acknowledges-newleader-at-once': {
    sentence: 'A follower acknowledges NEWLEADER when it comes, its history still on the way to the disk.',
    issue: 'ZOOKEEPER-3911',
    caught: { by: 'variable', what: 'messages' },
    file: FOLLOWER,
    changes: [
      [
        'this.#newLeaderAt = replica.history.length;',
        'this.#newLeaderAt = replica.history.length;\n    this.#acknowledge(zxid, effects);',
      ],
    ],
  },
  'stores-epoch-before-history': {
    sentence: 'A follower begins to store currentEpoch before its history is on disk.',
    issue: 'ZOOKEEPER-4643',
    caught: { by: 'refusal' },
    file: FOLLOWER,
    changes: [
      [
        "return this.#stage === 'NEWLEADER' && durable >= this.#newLeaderAt && !cutPending;",
        "return this.#stage === 'NEWLEADER' && durable >= 0 && !cutPending;",
      ],
    ],
  },
  'second-ack-missing': {
    sentence: 'A follower does not acknowledge (e, 0) a second time at UPTODATE.',
    caught: { by: 'variable', what: 'messages' },
    file: FOLLOWER,
    changes: [
      ['    this.#acknowledge(zxidOf(replica.acceptedEpoch, 0), effects);\n    const last', '    const last'],
    ],
  },
  'accepts-uptodate-early': {
    sentence: 'A follower takes UPTODATE before it has acknowledged NEWLEADER.',
    caught: { by: 'refusal' },
    file: FOLLOWER,
    changes: [
      [
        "if (this.#stage !== 'ACKED') return 'unexpected message';",
        "if (this.#stage !== 'ACKED' && this.#stage !== 'NEWLEADER') return 'unexpected message';",
      ],
    ],
  },
  'accepts-proposal-before-history': {
    sentence: 'A follower takes a proposal before it knows where its history parts from its leader’s.',
    caught: { by: 'refusal' },
    file: FOLLOWER,
    changes: [
      [
        "    if (!this.#synchronizing) return 'unexpected message';\n    const { acceptedEpoch } = replica;",
        "    if (!this.#synchronizing && this.#stage !== 'EPOCH') return 'unexpected message';\n    const { acceptedEpoch } = replica;",
      ],
    ],
  },
  'delivers-before-uptodate': {
    sentence: 'A COMMIT that comes before UPTODATE is delivered at once.',
    caught: { by: 'variable', what: 'committed' },
    file: FOLLOWER,
    changes: [
      [
        "if (this.#stage === 'ACTIVE') replica.commitUpTo(n, effects);",
        "if (this.#stage !== 'SYNC') replica.commitUpTo(n, effects);",
      ],
    ],
  },
  'answers-before-epoch-stored': {
    sentence: 'A follower sends ACKEPOCH, and stores the accepted epoch after that.',
    caught: { by: 'crash' },
    file: FOLLOWER,
    changes: [
      ['    if (counts) replica.acceptEpoch(epoch, effects);\n', ''],
      [
        "    this.#send({ type: 'ACKEPOCH', epoch: answer, zxid: replica.history.lastZxid }, effects);\n",
        "    this.#send({ type: 'ACKEPOCH', epoch: answer, zxid: replica.history.lastZxid }, effects);\n    if (counts) replica.acceptEpoch(epoch, effects);\n",
      ],
    ],
  },
  'claims-applied-prefix': {
    sentence:
      'A follower says how recent its history is by what it delivered, while a longer log is on its disk.',
    issue: 'ZOOKEEPER-2845',
    caught: { by: 'variable', what: 'messages' },
    file: FOLLOWER,
    changes: [
      [
        'zxid: replica.history.lastZxid }, effects);',
        'zxid: replica.history.zxidAt(replica.committed) }, effects);',
      ],
    ],
  },
  'acknowledges-once-in-a-lifetime': {
    sentence: 'A follower keeps beside its state what it acknowledged, and is silent the second time.',
    caught: { by: 'variable', what: 'messages' },
    file: FOLLOWER,
    changes: [
      ['export class Follower {', 'const acknowledged = new Set<string>();\n\nexport class Follower {'],
      [
        "    this.#send({ type: 'ACK', zxid }, effects);",
        "    const key = `${this.#replica.id} ${this.leader} ${zxid.epoch} ${zxid.counter}`;\n    if (zxid.counter > 0 && acknowledged.has(key)) return;\n    acknowledged.add(key);\n    this.#send({ type: 'ACK', zxid }, effects);",
      ],
    ],
  },
  'sends-epoch-before-stored': {
    sentence: 'A leader sends LEADERINFO, and stores the epoch after that.',
    caught: { by: 'crash' },
    file: LEADER,
    changes: [
      ['    replica.acceptEpoch(this.#proposedEpoch, effects);\n', ''],
      [
        '      this.#send(learner, info, effects);\n    }\n',
        '      this.#send(learner, info, effects);\n    }\n    replica.acceptEpoch(this.#proposedEpoch, effects);\n',
      ],
    ],
  },
  'follower-ahead-not-refused': {
    sentence: 'A leader counts a follower whose history is more recent than its own.',
    caught: { by: 'variable', what: 'learner' },
    file: LEADER,
    changes: [["    if (!complete && this.#isBehind(epoch, zxid)) return 'follower ahead';\n", '']],
  },
  'counts-second-answer': {
    sentence: 'A leader counts a follower that had accepted the epoch before.',
    caught: { by: 'variable', what: 'gathered' },
    file: LEADER,
    changes: [['if (complete || !counts) return undefined;', 'if (complete) return undefined;']],
  },
  'counts-answers-as-acknowledgements': {
    sentence: 'Who accepted the epoch counts as one who acknowledged NEWLEADER.',
    caught: { by: 'variable', what: 'gathered' },
    file: LEADER,
    changes: [['    this.#gathered = [replica.id];\n    const waiting', '    const waiting']],
  },
  'counts-acks-of-old-epoch': {
    sentence: 'A new leader counts what others acknowledged to earlier leaders.',
    caught: { by: 'variable', what: 'acked' },
    file: LEADER,
    changes: [
      ['acked: replica.ensemble.map(() => 0),', 'acked: replica.ensemble.map(() => replica.committed),'],
    ],
  },
  'counts-unsynced': {
    sentence: 'A leader counts itself towards the quorum of a proposal that is not on its disk.',
    caught: { by: 'variable', what: 'committed' },
    file: LEADER,
    changes: [
      [
        'state.acked.with(this.#self, replica.durable)',
        'state.acked.with(this.#self, replica.history.length)',
      ],
    ],
  },
  'commits-without-quorum': {
    sentence: 'A leader commits what its own disk has.',
    caught: { by: 'variable', what: 'committed' },
    file: LEADER,
    changes: [['const n = this.#acks.quorumPosition;', 'const n = this.#acks.of(this.#self);']],
  },
  'ack-outlives-connection': {
    sentence: 'That a learner acknowledged NEWLEADER is still held of it when its connection is gone.',
    caught: { by: 'variable', what: 'learner' },
    file: LEADER,
    changes: [
      [
        "if (slot >= 0) this.#move(slot, 'NONE');",
        "if (slot >= 0 && this.#stageAt(slot) !== 'ACKED') this.#move(slot, 'NONE');",
      ],
    ],
  },
  'synchronizing-learner-misses-proposal': {
    sentence: 'A proposal is sent to those alone that have acknowledged NEWLEADER.',
    caught: { by: 'variable', what: 'messages' },
    file: LEADER,
    changes: [
      [
        "      if (stage === 'SYNC' || stage === 'ACKED') this.#send(slot, message, effects);",
        "      if (stage === 'ACKED') this.#send(slot, message, effects);",
      ],
    ],
  },
  'newleader-before-proposals': {
    sentence: 'A leader sends NEWLEADER ahead of the proposals that the learner lacks.',
    caught: { by: 'variable', what: 'messages' },
    file: CATCH_UP,
    changes: [
      [
        '  for (const transaction of history.between(start, end)) {',
        "  messages.push({ type: 'NEWLEADER', zxid: zxidOf(epoch, 0) });\n  for (const transaction of history.between(start, end)) {",
      ],
      [
        "  messages.push({ type: 'NEWLEADER', zxid: zxidOf(epoch, 0) });\n  return messages;",
        '  return messages;',
      ],
    ],
  },
  'truncation-lost': {
    sentence: 'A learner whose tail must be cut off is sent DIFF.',
    model: 'succession',
    caught: { by: 'variable', what: 'messages' },
    file: CATCH_UP,
    changes: [["messages.push({ type: 'TRUNC', zxid });", "messages.push({ type: 'DIFF' });"]],
  },
  'truncation-not-asked-for': {
    sentence: 'A follower cuts its history in memory, and does not tell its host to cut the log.',
    model: 'succession',
    caught: { by: 'variable', what: 'history' },
    file: REPLICA,
    changes: [["    effects.push({ type: 'truncate', zxid: this.#history.zxidAt(n) });\n", '']],
  },
  'accepted-epoch-not-stored': {
    sentence: 'A server accepts an epoch in memory, and does not tell its host to store it.',
    caught: { by: 'variable', what: 'acceptedEpoch' },
    file: REPLICA,
    changes: [["    effects.push({ type: 'storeAcceptedEpoch', epoch });\n", '']],
  },
  'quorum-off-by-one': {
    sentence: 'Half of the servers count as a quorum.',
    caught: { by: 'refusal' },
    file: QUORUM_ACKS,
    changes: [['return Math.floor(members / 2) + 1;', 'return Math.floor((members + 1) / 2);']],
  },
  'delivers-twice': {
    sentence: 'What was delivered last is delivered again with what comes next.',
    model: 'pair',
    caught: { by: 'effect' },
    file: REPLICA,
    changes: [[DELIVERED, 'history.between(Math.max(history.basePosition, this.#committed - 1), n);']],
  },
  'delivers-out-of-order': {
    sentence: 'Of several transactions that are committed at once the last is delivered first.',
    model: 'pair',
    caught: { by: 'effect' },
    file: REPLICA,
    changes: [[DELIVERED, `${DELIVERED.slice(0, -1)}.toReversed();`]],
  },
  'votes-for-unsynced-log': {
    sentence: 'A server takes part in an election with a log that is not on its disk.',
    caught: { by: 'refusal' },
    file: PEER,
    changes: [
      [
        'if (this.#role !== undefined || !replica.synced || !replica.ensemble.includes(leader)) return;',
        'if (this.#role !== undefined || !replica.ensemble.includes(leader)) return;',
      ],
    ],
  },
  'recovered-log-held-durable': {
    sentence: 'What is read back after a crash is held to be on disk.',
    caught: { by: 'variable', what: 'durable' },
    file: PEER,
    changes: [
      [
        'const positions = { basePosition: 0, durable,',
        'const positions = { basePosition: 0, durable: history.transactions.length,',
      ],
    ],
  },
  'remembers-abandoned-roles': {
    sentence: 'A peer counts the roles that it gave up, and nobody sees the count.',
    caught: { by: 'remembered' },
    file: PEER,
    changes: [
      [
        '  #role: Leader | Follower | undefined;\n',
        '  #role: Leader | Follower | undefined;\n  #rolesGivenUp = 0;\n',
      ],
      [
        '    this.#replica.restore(snapshot);\n',
        "    this.#replica.restore(snapshot);\n    this.#rolesGivenUp = 'rolesGivenUp' in snapshot ? Number(snapshot.rolesGivenUp) : 0;\n",
      ],
      [
        '    return {\n      acceptedEpoch,',
        '    return {\n      ...{ rolesGivenUp: this.#rolesGivenUp },\n      acceptedEpoch,',
      ],
      [
        "    this.#role = undefined;\n    effects.push({ type: 'abandon', reason });",
        "    this.#role = undefined;\n    this.#rolesGivenUp += 1;\n    effects.push({ type: 'abandon', reason });",
      ],
    ],
  },
  'takes-acks-of-any-epoch': {
    sentence: 'A leader takes an ACK of (e, 0) for its own epoch whatever e is.',
    caught: { by: 'refusal' },
    file: LEADER,
    changes: [
      [
        "    if (zxid.epoch !== replica.acceptedEpoch) return 'invalid content';\n    if (zxid.counter",
        '    if (zxid.counter',
      ],
    ],
  },
  'takes-acks-before-newleader': {
    sentence: 'A leader counts the ACK of a proposal from a learner that has not acknowledged NEWLEADER.',
    caught: { by: 'refusal' },
    file: LEADER,
    changes: [["if (stage !== 'ACKED' || this.#phase !== 'BROADCAST') return 'unexpected message';", '']],
  },
  'takes-newleader-of-any-epoch': {
    sentence: 'A follower takes the NEWLEADER of another epoch than the one it has accepted.',
    caught: { by: 'refusal' },
    file: FOLLOWER,
    changes: [
      ["if (zxid.epoch !== replica.acceptedEpoch || zxid.counter !== 0) return 'invalid content';", ''],
    ],
  },
  'takes-answers-of-the-proposed-epoch': {
    sentence:
      'A leader takes an ACKEPOCH that says its sender has completed the very epoch that is proposed.',
    caught: { by: 'refusal' },
    file: LEADER,
    changes: [['(!isUint32(epoch) || epoch >= replica.acceptedEpoch)', '!isUint32(epoch)']],
  },
  'takes-older-proposals-after-newleader': {
    sentence: 'A follower takes a proposal of an earlier epoch after NEWLEADER.',
    caught: { by: 'refusal' },
    file: FOLLOWER,
    changes: [
      [
        "if (!ofThisEpoch && (this.#stage !== 'SYNC' || epoch > acceptedEpoch)) return",
        'if (!ofThisEpoch && epoch > acceptedEpoch) return',
      ],
    ],
  },
  'truncates-what-was-delivered': {
    sentence: 'A follower cuts off what it has delivered when its leader asks for it.',
    caught: { by: 'refusal' },
    file: FOLLOWER,
    changes: [
      [
        "if (n < replica.committed) return 'invalid content';\n    if (n < replica.history.length) replica.truncate",
        "if (n < 0) return 'invalid content';\n    if (n < replica.history.length) replica.truncate",
      ],
    ],
  },
  'takes-messages-of-anybody': {
    sentence: 'A follower takes messages of servers that it does not follow.',
    caught: { by: 'refusal' },
    model: 'stale',
    file: PEER,
    changes: [
      ['} else if (role?.leader === from && role.connected) {', '} else if (role?.connected === true) {'],
    ],
  },
  'takes-late-completions': {
    sentence: 'A follower takes the end of a write of the current epoch that it did not ask for.',
    caught: { by: 'refusal' },
    file: FOLLOWER,
    changes: [
      [
        '    if (!this.#mayStoreCurrentEpoch()) return;\n    this.#replica.currentEpochStored();',
        "    if (this.#stage === 'NONE') return;\n    this.#replica.currentEpochStored();",
      ],
    ],
  },
});

export const IMPLEMENTATION_MUTANTS: readonly Mutant[] = [...PROTOCOL_MUTANTS, ...ELECTION_MUTANTS];
