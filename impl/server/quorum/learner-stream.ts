/**
 * What a leader says, as it comes: packets, and after SNAP a snapshot, which ends in a signature; then packets again.
 */
import { Buffer } from 'node:buffer';

import type { TransactionRun } from '../../broadcast/transaction-run.ts';
import type { Zxid } from '../../broadcast/zxid.ts';
import type { ServiceState } from '../../service/service-state.ts';
import { SnapshotStream } from '../../service/snapshot-stream.ts';
import { IncomingBytes } from '../../wire/incoming-bytes.ts';
import { JuteWriter } from '../../wire/jute-writer.ts';
import type { Malformed } from '../../wire/malformed.ts';
import { PacketType, QuorumPacketReader, type QuorumPacket } from '../../wire/quorum-packet.ts';

/** What stands behind a snapshot on the wire, as a string with its length. */
export const SIGNATURE: Uint8Array = new JuteWriter(14).string('BenWasHere').finish();

export type Heard =
  | { readonly type: 'packet'; readonly packet: QuorumPacket }
  /** SNAP, with the whole snapshot. */
  | { readonly type: 'snapshot'; readonly zxid: Zxid; readonly state: ServiceState };

/** What was heard; that more bytes are needed for it; or that what came makes no sense, for good. */
export type NextHeard = { readonly ok: true; readonly heard: Heard | undefined } | Malformed;

const MORE: NextHeard = { ok: true, heard: undefined };

/** What is being read now. */
type Reading =
  | { readonly what: 'packets'; readonly reader: QuorumPacketReader }
  | { readonly what: 'snapshot'; readonly zxid: Zxid; readonly stream: SnapshotStream }
  | {
      readonly what: 'signature';
      readonly zxid: Zxid;
      readonly state: ServiceState;
      readonly waiting: IncomingBytes;
      readonly offset: number;
    };

export class LearnerStream {
  readonly #dataBytesMax: number;
  #reading: Reading;

  /** `dataBytesMax`: the longest data, path and string that is accepted. */
  constructor(dataBytesMax: number) {
    this.#dataBytesMax = dataBytesMax;
    this.#reading = { what: 'packets', reader: new QuorumPacketReader(dataBytesMax) };
  }

  /** Bytes of the stream before what is read next. */
  get offset(): number {
    const reading = this.#reading;
    switch (reading.what) {
      case 'packets':
        return reading.reader.offset;
      case 'snapshot':
        return reading.stream.offset;
      case 'signature':
        return reading.offset;
    }
  }

  /** Bytes that came from the stream. Take all that is heard before the next ones. */
  push(chunk: Buffer): void {
    const reading = this.#reading;
    switch (reading.what) {
      case 'packets':
        reading.reader.push(chunk);
        break;
      case 'snapshot':
        reading.stream.push(chunk);
        break;
      case 'signature':
        reading.waiting.push(chunk);
        break;
    }
  }

  next(): NextHeard {
    const reading = this.#reading;
    switch (reading.what) {
      case 'packets':
        return this.#nextPacket(reading.reader);
      case 'snapshot':
        return this.#nextPart(reading.zxid, reading.stream);
      case 'signature': {
        const { zxid, state, waiting, offset } = reading;
        if (waiting.length < SIGNATURE.length) return MORE;
        if (!waiting.take(SIGNATURE.length).equals(SIGNATURE)) {
          return { ok: false, reason: 'the snapshot does not end in BenWasHere', offset };
        }
        const reader = new QuorumPacketReader(this.#dataBytesMax, offset + SIGNATURE.length);
        reader.push(waiting.take(waiting.length));
        this.#reading = { what: 'packets', reader };
        return { ok: true, heard: { type: 'snapshot', zxid, state } };
      }
    }
  }

  /** As `QuorumPacketReader.proposals`. */
  proposals(): TransactionRun | undefined {
    return this.#reading.what === 'packets' ? this.#reading.reader.proposals() : undefined;
  }

  /** As `QuorumPacketReader.takeOvertaking`. */
  takeOvertaking(packet: QuorumPacket): Zxid {
    return this.#reading.what === 'packets' ? this.#reading.reader.takeOvertaking(packet) : packet.zxid;
  }

  #nextPacket(reader: QuorumPacketReader): NextHeard {
    const next = reader.next();
    if (!next.ok) return next;
    const { packet } = next;
    if (packet === undefined) return MORE;
    if (packet.type !== PacketType.SNAP) return { ok: true, heard: { type: 'packet', packet } };
    const { zxid } = packet;
    const stream = new SnapshotStream(zxid, this.#dataBytesMax, reader.offset);
    stream.push(reader.rest());
    this.#reading = { what: 'snapshot', zxid, stream };
    return this.next();
  }

  #nextPart(zxid: Zxid, stream: SnapshotStream): NextHeard {
    const next = stream.next();
    if (!next.ok) return next;
    if (next.state === undefined) return MORE;
    const { offset } = stream;
    const waiting = new IncomingBytes();
    waiting.push(stream.rest());
    this.#reading = { what: 'signature', zxid, state: next.state, waiting, offset };
    return this.next();
  }
}
