/**
 * Memory that begins at the begin of a page, as a write past the page cache (O_DIRECT) asks for. Node.js allocates buffers
 * at addresses of any kind and does not tell them; the memory of a WebAssembly module is mapped by itself, and so begins a page.
 */
import { Buffer } from 'node:buffer';

const UNIT_BYTES = 1 << 16;

declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
};

/** At least that many bytes. Address space is taken beyond them: not for memory of which there is much. */
export function alignedMemory(bytes: number): Buffer {
  return Buffer.from(new WebAssembly.Memory({ initial: Math.ceil(bytes / UNIT_BYTES) }).buffer);
}
