/**
 * A service of one server without Zab: what is prepared is encoded, decoded and applied at once, or, while it is held
 * back, when the test says so. For tests of what clients see.
 */
import { serverId } from '../../../protocol/ensemble.ts';
import type { ForwardedRequest } from '../../../service/forwarded-request.ts';
import { LeaderService } from '../../../service/leader-service.ts';
import { ServiceState } from '../../../service/service-state.ts';
import { SessionTracker } from '../../../service/session-tracker.ts';
import type { Zxid } from '../../../broadcast/zxid.ts';
import { OperationNumber } from '../../../wire/client-request.ts';
import { decodeTransaction, encodeTransaction } from '../../../wire/transaction-record.ts';
import { SILENT } from '../../logger.ts';
import { ClientPort, type ClientPortOptions } from '../client-port.ts';
import type { Replication } from '../replication.ts';

const TICK_MS = 100;

export class OneService {
  readonly state = new ServiceState();
  readonly sessions = new SessionTracker(new Map(), TICK_MS, Date.now());
  /** Requests in the order in which they reached the leader. */
  readonly requests: ForwardedRequest[] = [];
  readonly #leader = new LeaderService(this.state, this.sessions);
  readonly #ports: ClientPort[] = [];
  #proposed: Buffer[] = [];
  #syncs: { readonly behind: number; readonly done: () => void }[] = [];
  #counter = 0;
  #applied = 0;
  #held = false;

  /** Another server of the service, with its port; servers are numbered from 1. All of them share one state. */
  async addPort(options: Partial<ClientPortOptions> = {}): Promise<ClientPort> {
    const id = serverId(this.#ports.length + 1);
    const port = await ClientPort.open({
      listen: { host: '127.0.0.1', port: 0 },
      myId: id,
      minSessionTimeoutMs: 200,
      maxSessionTimeoutMs: 60_000,
      maxClientConnections: 60,
      juteMaxBuffer: 0xf_ffff,
      outstanding: { requests: 100_000, bytes: 1 << 28 },
      fourLetterWords: new Set(['srvr']),
      logStatistics: () => ({ batches: 0, milliseconds: 0, transactions: 0 }),
      logger: SILENT,
      ...options,
    });
    this.#ports.push(port);
    port.startServing(this.replication(port, id));
    return port;
  }

  replication(port: ClientPort, id = serverId(1)): Replication {
    return {
      mode: 'standalone',
      state: this.state,
      submit: (request) => {
        this.submit(request, id);
      },
      sync: (sessionId, cxid) => {
        this.#syncs.push({
          behind: this.#counter,
          done: () => {
            port.synced(sessionId, cxid);
          },
        });
        this.#finishSyncs();
      },
      revalidate: (sessionId, timeoutMs) =>
        Promise.resolve(this.sessions.move(sessionId, timeoutMs, id, Date.now())),
    };
  }

  submit(request: ForwardedRequest, from = serverId(1)): void {
    this.requests.push(request);
    this.#counter++;
    const zxid: Zxid = { epoch: 1, counter: this.#counter };
    const record = this.#leader.prepare(request, { zxid, from, wallMs: Date.now(), nowMs: Date.now() });
    this.#proposed.push(encodeTransaction(record));
    if (!this.#held) this.#applyAll();
  }

  /** What a leader does each tick: hears of the sessions, and closes those that have expired. */
  tick(): void {
    const now = Date.now();
    for (const port of this.#ports) {
      for (const [sessionId, timeoutMs] of port.touched()) this.sessions.touch(sessionId, timeoutMs, now);
    }
    for (const sessionId of this.sessions.expired(now)) {
      this.submit({
        sessionId,
        cxid: 0,
        type: OperationNumber.closeSession,
        body: new Uint8Array(0),
        auth: [],
      });
    }
  }

  /** Applies nothing until `release`. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#applyAll();
  }

  #applyAll(): void {
    for (let bytes = this.#proposed.shift(); bytes !== undefined; bytes = this.#proposed.shift()) {
      const record = decodeTransaction(bytes);
      if (!record.ok) throw new Error(record.reason);
      const result = this.state.apply(record.value);
      this.#leader.applied(record.value);
      this.#applied++;
      for (const port of this.#ports) port.applied(record.value, result);
      this.#finishSyncs();
    }
  }

  #finishSyncs(): void {
    const ready = this.#syncs.filter(({ behind }) => behind <= this.#applied);
    this.#syncs = this.#syncs.filter(({ behind }) => behind > this.#applied);
    for (const { done } of ready) done();
  }

  async close(): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.close()));
  }
}
