/**
 * Memory that begins at the begin of a page, as a write past the page cache (O_DIRECT) asks for. Node.js allocates buffers
 * at addresses of any kind and does not tell them; the memory of a WebAssembly module is mapped by itself, and so begins a page.
 */
import { Buffer } from 'node:buffer';

const UNIT_BYTES = 1 << 16;

declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
};

/**
 * At least that many bytes. Some 11 GiB of address space are taken with them: not for memory of which there is much.
 * @throws Error when the process may not have so much address space
 */
export function alignedMemory(bytes: number): Buffer {
  try {
    return Buffer.from(new WebAssembly.Memory({ initial: Math.ceil(bytes / UNIT_BYTES) }).buffer);
  } catch (error) {
    throw new Error('too little address space for what is written to the log; raise the limit (ulimit -v)', {
      cause: error,
    });
  }
}
