/**
 * What tools ask a server by four letters instead of a frame: `echo srvr | nc host port`. The words are ZooKeeper's; which
 * of them are answered is for the configuration to say (4lw.commands.whitelist), by default srvr alone.
 */
import { formatZxid, type Zxid } from '../../broadcast/zxid.ts';
import type { ServingMode } from './replication.ts';

/** All words that ZooKeeper knows: a frame never begins with one, for its length would be too large. */
const KNOWN = new Set(
  'conf cons crst dirs dump envi gtmk hash isro mntr ruok srst srvr stat stmk wchc wchp wchs'.split(' '),
);

/** Those that have an answer here. */
export const ANSWERED_WORDS = ['isro', 'mntr', 'ruok', 'srvr', 'stat'] as const;

/** What the words tell of. */
export interface ServerReport {
  /** undefined while clients are not served; the rest is then not told. */
  readonly mode: ServingMode | undefined;
  readonly zxid: Zxid;
  readonly nodeCount: number;
  /** Milliseconds from a request to its answer. */
  readonly latencyMs: { readonly min: number; readonly average: number; readonly max: number };
  /** Requests and replies since the server was started. */
  readonly received: number;
  readonly sent: number;
  readonly outstanding: number;
  /** Writes of the log, each a sync: how many, milliseconds and transactions in all. */
  readonly log: { readonly batches: number; readonly milliseconds: number; readonly transactions: number };
  /** A line for each connection: where from, and how many requests wait. */
  readonly connections: readonly string[];
}

const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests\n';
/** What tools compare is the version whose protocol this is. */
const VERSION = '3.8.0-zab-formally-checked';

export function isWord(word: string): boolean {
  return KNOWN.has(word);
}

/** The answer to a word that is known. `report` is asked for where it is needed. */
export function answerWord(word: string, enabled: ReadonlySet<string>, report: () => ServerReport): string {
  if (!enabled.has(word) && !enabled.has('*')) {
    return `${word} is not executed because it is not in the whitelist.\n`;
  }
  switch (word) {
    case 'ruok':
      return 'imok';
    case 'isro':
      return report().mode === undefined ? 'null' : 'rw';
    case 'srvr':
      return describe(report(), false);
    case 'stat':
      return describe(report(), true);
    case 'mntr':
      return monitor(report());
    default:
      return `${word} is not implemented here.\n`;
  }
}

function describe(report: ServerReport, clients: boolean): string {
  if (report.mode === undefined) return NOT_SERVING;
  const { min, average, max } = report.latencyMs;
  return [
    `Zookeeper version: ${VERSION}`,
    ...(clients ? ['Clients:', ...report.connections.map((line) => ` ${line}`), ''] : []),
    `Latency min/avg/max: ${min}/${average.toFixed(4)}/${max}`,
    `Received: ${report.received}`,
    `Sent: ${report.sent}`,
    `Connections: ${report.connections.length}`,
    `Outstanding: ${report.outstanding}`,
    `Zxid: ${formatZxid(report.zxid)}`,
    `Mode: ${report.mode}`,
    `Node count: ${report.nodeCount}`,
    '',
  ].join('\n');
}

function monitor(report: ServerReport): string {
  if (report.mode === undefined) return NOT_SERVING;
  const values: [string, string | number][] = [
    ['version', VERSION],
    ['server_state', report.mode],
    ['min_latency', report.latencyMs.min],
    ['avg_latency', report.latencyMs.average.toFixed(4)],
    ['max_latency', report.latencyMs.max],
    ['packets_received', report.received],
    ['packets_sent', report.sent],
    ['num_alive_connections', report.connections.length],
    ['outstanding_requests', report.outstanding],
    ['znode_count', report.nodeCount],
    ['cnt_fsynctime', report.log.batches],
    ['sum_fsynctime', Math.round(report.log.milliseconds)],
    ['cnt_sync_processor_batch_size', report.log.batches],
    ['sum_sync_processor_batch_size', report.log.transactions],
  ];
  return values.map(([key, value]) => `zk_${key}\t${value}\n`).join('');
}
