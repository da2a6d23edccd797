/** Log entries made in the plainest way, to compare with. */
import { Buffer } from 'node:buffer';

import { bytesOf, type Payload } from '../../broadcast/payload.ts';
import { adler32 } from '../adler32.ts';
import { END_MARK, PREFIX_BYTES } from '../log-format.ts';

export function entryOf(payload: Payload): Buffer {
  const transaction = bytesOf(payload);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(adler32(transaction), 4);
  prefix.writeUInt32BE(transaction.length, 8);
  return Buffer.concat([prefix, transaction, Uint8Array.of(END_MARK)]);
}
