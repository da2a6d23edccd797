/** Bugs seeded in `impl/election`, one at a time. */
import { seeded } from './mutant.ts';

const ELECTION = 'impl/election/election.ts';
const VOTE = 'impl/election/vote.ts';
const PAIR = 'electionpair';
/** Three servers: some bugs need a third one. */
const LOG = 'electionlog';

export const ELECTION_MUTANTS = seeded(PAIR, {
  'counts-old-rounds': {
    sentence: 'A vote of an earlier round counts.',
    caught: { by: 'variable', what: 'vote' },
    file: ELECTION,
    changes: [['      else if (word.round < this.#round) this.#passOver(from);\n', '']],
  },
  'ignores-ids': {
    sentence: 'Of votes for servers with the same on disk, the one heard last wins.',
    caught: { by: 'variable' },
    file: VOTE,
    changes: [['order === 0 ? v.leader > w.leader', 'order === 0 ? v.leader !== w.leader']],
  },
  'keeps-backers': {
    sentence: 'Those who agreed with the old vote count for the new one.',
    caught: { by: 'variable', what: 'backers' },
    model: LOG,
    file: ELECTION,
    changes: [
      [
        'this.#vote = vote;\n    this.#backers = new Set([from]);',
        'this.#vote = vote;\n    this.#backers = new Set([...this.#backers, from]);',
      ],
    ],
  },
  'adopts-silently': {
    sentence: 'A server adopts a vote and tells nobody.',
    caught: { by: 'variable', what: 'link' },
    file: ELECTION,
    changes: [
      ['this.#backers = new Set([from]);\n    this.#tellAll(effects);', 'this.#backers = new Set([from]);'],
    ],
  },
  'follows-into-a-round-blindly': {
    sentence:
      'A server that goes to a later round votes there as the other one does, although it has more itself.',
    caught: { by: 'variable' },
    file: ELECTION,
    changes: [['const heardWins = !beats(own, vote);', 'const heardWins = true;']],
  },
  'joins-on-hearsay': {
    sentence: 'A server joins a leader that did not say itself that it leads.',
    caught: { by: 'variable', what: 'role' },
    model: LOG,
    file: ELECTION,
    changes: [['if (!confirmed) return false;', "if (!confirmed && word.state === 'LOOKING') return false;"]],
  },
  'joins-another-epoch': {
    sentence: 'Words for one leader count together whatever epoch they are of.',
    caught: { by: 'variable' },
    model: LOG,
    file: VOTE,
    changes: [['return v.leader === w.leader && v.epoch === w.epoch;', 'return v.leader === w.leader;']],
  },
  'leaves-its-wait-running': {
    sentence: 'A server that joins a leader does not end its wait.',
    caught: { by: 'effect' },
    file: ELECTION,
    changes: [["      if (agreedBefore) effects.push({ type: 'endWait' });\n", '']],
  },
  'is-content-with-less': {
    sentence: 'A server leaves when all but one of a quorum agree.',
    caught: { by: 'refusal' },
    file: ELECTION,
    changes: [['this.#backers.size + 1 >= this.#quorum', 'this.#backers.size + 2 >= this.#quorum']],
  },
  'keeps-an-old-outcome': {
    sentence: 'The word of a server that led counts when it looks again.',
    caught: { by: 'variable', what: 'outcome' },
    file: ELECTION,
    changes: [['      this.#outcome = without(this.#outcome, from);\n', '']],
  },
  'hides-its-epoch': {
    sentence: 'A server goes on telling the epoch that its leader was elected with.',
    issue: 'ZOOKEEPER-1732',
    caught: { by: 'variable', what: 'vote' },
    file: ELECTION,
    changes: [['    if (own.epoch > before.epoch) this.#vote = { ...this.#vote, epoch: own.epoch };\n', '']],
  },
  'looks-in-the-same-round': {
    sentence: 'A server that gives its role up looks in the round that it had left.',
    caught: { by: 'variable', what: 'round' },
    file: ELECTION,
    changes: [['this.#look(this.#round + 1, effects);', 'this.#look(this.#round, effects);']],
  },
  'believes-who-speaks-for-others': {
    sentence: 'A server takes it that another one leads from anybody who says that he leads in its name.',
    caught: { by: 'refusal' },
    file: VOTE,
    changes: [
      ["if (state === 'LEADING') return vote.leader === from;", "if (state === 'LEADING') return true;"],
    ],
  },
});
