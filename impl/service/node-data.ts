/** The bytes that a node keeps. */
import { Buffer } from 'node:buffer';

/**
 * Data as a node may keep them: themselves, or a copy. They come as a view of what was received together, 64 KiB of it when
 * much comes, and would hold on to all of that for as long as the node lives.
 *
 * They stay where they are if at least half of the memory there is theirs, so that what a copy could free is less than it
 * costs; or if that memory is no longer than a slab of Buffer's pool, since a short copy would lie in such a slab. So a node
 * keeps twice its data, or a slab, which it shares with others.
 */
export function keptData(data: Uint8Array | null): Uint8Array | null {
  if (data === null) return null;
  const { byteLength } = data.buffer;
  if (byteLength <= Buffer.poolSize || byteLength <= 2 * data.length) return data;
  // Memory of its own, as `slice` takes it, would cost ten times as much as a part of the pool's.
  const copy = Buffer.allocUnsafe(data.length);
  copy.set(data);
  return copy;
}
