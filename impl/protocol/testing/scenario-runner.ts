/**
 * Plays scenarios written as text, for tests: a command is an action of the spec with its parameters, the answer is what
 * the peers ask for. testdata/README.md has the form.
 */
import type { HistoryContent } from '../../broadcast/history.ts';
import { bytesOf } from '../../broadcast/payload.ts';
import type { Transaction } from '../../broadcast/transaction.ts';
import { ZERO_ZXID, zxidsEqual, type Zxid } from '../../broadcast/zxid.ts';
import type { Effect } from '../effects.ts';
import { serverId, type ServerId } from '../ensemble.ts';
import type { Message } from '../messages.ts';
import { TestCluster } from './cluster.ts';

/** The action that reads a message of each type. */
const READ_BY: Readonly<Record<Message['type'], string>> = {
  FOLLOWERINFO: 'ReceiveFollowerInfo',
  LEADERINFO: 'ReceiveLeaderInfo',
  ACKEPOCH: 'ReceiveAckEpoch',
  DIFF: 'ReceiveDiff',
  TRUNC: 'ReceiveTrunc',
  SNAP: 'ReceiveSnap',
  PROPOSAL: 'ReceiveProposal',
  COMMIT: 'ReceiveCommit',
  NEWLEADER: 'ReceiveNewLeader',
  ACK: 'ReceiveAck',
  UPTODATE: 'ReceiveUpToDate',
};

/** One command and its answer follow each other in a block: the text up to `----`, then the text up to an empty line. */
export class ScenarioRunner {
  #cluster = new TestCluster(2);

  /** The lines that answer a command. Throws when the command makes no sense. */
  command(line: string): string[] {
    const [name = '', ...words] = line.split(' ');
    const cluster = this.#cluster;
    const server = (i: number): ServerId => serverId(Number(words[i]));
    switch (name) {
      case 'Servers':
        this.#cluster = new TestCluster(Number(words[0]));
        return [];
      case 'Elected':
        return print(server(0), cluster.elected(server(0), server(1)));
      case 'Connect':
        return print(server(0), cluster.connect(server(0), server(1)));
      case 'Propose':
        return print(server(0), cluster.propose(server(0), Buffer.from(words[1] ?? '')));
      case 'Sync':
        return print(server(0), cluster.sync(server(0), Number(words[1])));
      case 'StoreCurrentEpoch':
        return print(server(0), cluster.storeCurrentEpoch(server(0)));
      case 'LoseLearner':
        return print(server(0), cluster.loseLearner(server(0), server(1)));
      case 'Abandon':
        return print(server(0), cluster.abandon(server(0)));
      case 'Crash':
        cluster.crash(server(0), Number(words[1]));
        return [];
      case 'CrashUncut':
        cluster.crashUncut(server(0), Number(words[1]));
        return [];
      case 'Inject':
        return print(server(0), this.#inject(server(0), server(1), words.slice(2)));
      case 'Settle':
        return this.#settle(words.map((word) => serverId(Number(word))));
      case 'Show':
        return words.map((word) => this.#show(serverId(Number(word))));
      default:
        return this.#receive(name, server(0), server(1));
    }
  }

  #receive(action: string, receiver: ServerId, sender: ServerId): string[] {
    const [next] = this.#cluster.end(receiver, sender).incoming;
    if (next === undefined || READ_BY[next.type] !== action) {
      throw new Error(
        `${action} ${receiver} ${sender}: ${next ? `the next message is ${next.type}` : 'no message'}`,
      );
    }
    return print(receiver, this.#cluster.receive(receiver, sender)?.effects ?? []);
  }

  /** A message out of place, as if `sender` had sent it. */
  #inject(receiver: ServerId, sender: ServerId, [type = '', ...rest]: string[]): readonly Effect[] {
    const [argument = '', second = ''] = rest;
    const messages: Readonly<Record<string, () => Message>> = {
      FOLLOWERINFO: () => ({ type: 'FOLLOWERINFO', epoch: Number(argument) }),
      LEADERINFO: () => ({ type: 'LEADERINFO', epoch: Number(argument) }),
      ACKEPOCH: () => ({ type: 'ACKEPOCH', epoch: Number(argument), zxid: parseZxid(second) }),
      DIFF: () => ({ type: 'DIFF' }),
      TRUNC: () => ({ type: 'TRUNC', zxid: parseZxid(argument) }),
      SNAP: () => ({
        type: 'SNAP',
        history: { base: ZERO_ZXID, transactions: rest.map(parseTransaction) },
      }),
      PROPOSAL: () => ({ type: 'PROPOSAL', transactions: [parseTransaction(argument)] }),
      COMMIT: () => ({ type: 'COMMIT', zxid: parseZxid(argument) }),
      NEWLEADER: () => ({ type: 'NEWLEADER', zxid: parseZxid(argument) }),
      ACK: () => ({ type: 'ACK', zxid: parseZxid(argument) }),
      UPTODATE: () => ({ type: 'UPTODATE' }),
    };
    const message = messages[type];
    if (message === undefined) throw new Error(`no message is called ${type}`);
    return this.#cluster.step(receiver, { type: 'message', from: sender, message: message() });
  }

  /** Lets disks and messages of these servers, or of all, go on until nothing moves, and tells what happened. */
  #settle(only: ServerId[]): string[] {
    const cluster = this.#cluster;
    const servers = only.length > 0 ? only : cluster.ensemble;
    const lines: string[] = [];
    const tell = (action: string, s: ServerId, effects: readonly Effect[]): void => {
      lines.push(action, ...print(s, effects).map((line) => `  ${line}`));
    };
    for (let moved = true; moved;) {
      moved = false;
      for (const s of servers) {
        const { disk } = cluster.server(s);
        if (disk.durable < disk.history.length || disk.cutTail.length > 0) {
          moved = true;
          tell(`Sync ${s} ${disk.history.length}`, s, cluster.sync(s, disk.history.length));
        }
        if (disk.pendingEpoch !== undefined) {
          moved = true;
          tell(`StoreCurrentEpoch ${s}`, s, cluster.storeCurrentEpoch(s));
        }
        for (const t of servers) {
          const read = cluster.receive(s, t);
          if (read === undefined) continue;
          moved = true;
          tell(`${READ_BY[read.message.type]} ${s} ${t}`, s, read.effects);
        }
      }
    }
    return lines;
  }

  #show(s: ServerId): string {
    const { peer, disk } = this.#cluster.server(s);
    const p = peer.project();
    const words = [`${s}: ${p.role} ${p.phase}`];
    if (p.role === 'FOLLOWING') words.push(`${p.leader ?? 'nobody'} at ${p.stage}`);
    words.push(`accepted ${p.acceptedEpoch} current ${p.currentEpoch}`);
    words.push(`history [${p.history.map(printTransaction).join(' ')}]`);
    words.push(`durable ${p.durable} committed ${p.committed}`);
    if (disk.cutTail.length > 0) words.push(`cut [${disk.cutTail.map(printTransaction).join(' ')}]`);
    return words.join(', ');
  }
}

function print(server: ServerId, effects: readonly Effect[]): string[] {
  return effects.map((effect) => `${server}: ${printEffect(effect)}`);
}

function printEffect(effect: Effect): string {
  switch (effect.type) {
    case 'send':
      return `send ${effect.to} ${printMessage(effect.message)}`;
    case 'append':
    case 'deliver':
      return `${effect.type} ${[...effect.transactions].map(printTransaction).join(' ')}`;
    case 'truncate':
      return `truncate ${printZxid(effect.zxid)}`;
    case 'installSnapshot':
      return `installSnapshot ${printHistory(effect.history)}`;
    case 'deliverSnapshot':
      return `deliverSnapshot ${printZxid(effect.zxid)}`;
    case 'storeAcceptedEpoch':
    case 'storeCurrentEpoch':
      return `${effect.type} ${effect.epoch}`;
    case 'disconnect':
      return `disconnect ${effect.peer} (${effect.reason})`;
    case 'abandon':
      return `abandon (${effect.reason})`;
  }
}

function printMessage(message: Message): string {
  switch (message.type) {
    case 'FOLLOWERINFO':
    case 'LEADERINFO':
      return `${message.type} ${message.epoch}`;
    case 'ACKEPOCH':
      return `ACKEPOCH ${message.epoch} ${printZxid(message.zxid)}`;
    case 'SNAP':
      return `SNAP ${printHistory(message.history)}`;
    case 'PROPOSAL':
      return `PROPOSAL ${[...message.transactions].map(printTransaction).join(' ')}`;
    case 'TRUNC':
    case 'COMMIT':
    case 'NEWLEADER':
    case 'ACK':
      return `${message.type} ${printZxid(message.zxid)}`;
    case 'DIFF':
    case 'UPTODATE':
      return message.type;
  }
}

function printHistory({ base, transactions }: HistoryContent): string {
  const before = zxidsEqual(base, ZERO_ZXID) ? '' : `${printZxid(base)}... `;
  return `[${before}${transactions.map(printTransaction).join(' ')}]`;
}

function printZxid({ epoch, counter }: Zxid): string {
  return `${epoch}.${counter}`;
}

function printTransaction({ zxid, payload }: Transaction): string {
  return `${printZxid(zxid)}=${Buffer.from(bytesOf(payload)).toString()}`;
}

function parseZxid(text: string): Zxid {
  const [epoch, counter] = text.split('.');
  return { epoch: Number(epoch), counter: Number(counter) };
}

function parseTransaction(text: string): Transaction {
  const [at = '', value = ''] = text.split('=');
  return { zxid: parseZxid(at), payload: Buffer.from(value) };
}
