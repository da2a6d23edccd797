/**
 * The set of states found so far, in memory that all threads see.
 *
 * Each state has an index, given in the order of discovery, and a row: its 64-bit fingerprint, the index of the state
 * it was first reached from and, when a companion rides along, a 128-bit digest. Rows never change once written.
 * Only the thread that owns the table adds states; the others look fingerprints up, and may see the table as it was a
 * moment ago. A state that they miss is only a state that the owner will recognise again, so no answer depends on timing.
 */

const SEGMENT_BITS = 16;
const SEGMENT_STATES = 1 << SEGMENT_BITS;
const SEGMENT_MASK = SEGMENT_STATES - 1;

const FIRST_SLOT_COUNT = 1 << 16;
/** Beyond this share of taken slots the slot array doubles. */
const LOAD_MAX = 0.6;
/** Indices must stay below the marker for "no parent", and `index + 1` must fit a signed slot. */
const STATES_MAX = 0x7fff_fff0;

const PLAIN_ROW_WORDS = 3;
const DIGEST_ROW_WORDS = 7;

/** The parent of an initial state. */
export const NO_PARENT = 0xffff_ffff;

/** What another thread needs to look states up: shared memory only, so it can be posted as it is. */
export interface StateTableMemory {
  readonly slots: SharedArrayBuffer;
  readonly segments: readonly SharedArrayBuffer[];
  readonly rowWords: number;
}

/** Looks states up in memory that some thread owns. */
export class StateTableView {
  protected slots: Int32Array;
  protected slotMask: number;
  protected readonly segments: Uint32Array[];
  protected readonly rowWords: number;

  constructor(memory: StateTableMemory) {
    this.slots = new Int32Array(memory.slots);
    this.slotMask = this.slots.length / 2 - 1;
    this.segments = memory.segments.map((segment) => new Uint32Array(segment));
    this.rowWords = memory.rowWords;
  }

  /** The index of the state with this fingerprint, or -1 if it is not known here. */
  find(low: number, high: number): number {
    const slots = this.slots;
    const tag = high | 0;
    let slot = low & this.slotMask;
    for (;;) {
      // The owner writes the row, then the tag, then the entry: who sees the entry sees them all.
      const entry = Atomics.load(slots, slot * 2);
      if (entry === 0) return -1;
      if (slots[slot * 2 + 1] === tag) {
        const index = entry - 1;
        const segment = this.segments[index >>> SEGMENT_BITS];
        // A segment made after this view was: the state counts as unknown here.
        if (segment === undefined) return -1;
        if (segment[(index & SEGMENT_MASK) * this.rowWords] === low >>> 0) return index;
      }
      slot = (slot + 1) & this.slotMask;
    }
  }

  /** Whether the digest kept for a state is the one given (four words from `offset`). */
  digestEquals(index: number, digest: Uint32Array, offset: number): boolean {
    const segment = this.segmentOf(index);
    const row = (index & SEGMENT_MASK) * this.rowWords + PLAIN_ROW_WORDS;
    return (
      segment[row] === digest[offset] &&
      segment[row + 1] === digest[offset + 1] &&
      segment[row + 2] === digest[offset + 2] &&
      segment[row + 3] === digest[offset + 3]
    );
  }

  protected segmentOf(index: number): Uint32Array {
    const segment = this.segments[index >>> SEGMENT_BITS];
    if (segment === undefined) throw new RangeError(`state ${index} is not in the table`);
    return segment;
  }
}

/** The table of the owning thread. */
export class StateTable extends StateTableView {
  /** Grows by one whenever {@link memory} would answer differently. */
  version = 0;
  private count = 0;

  constructor(withDigests: boolean) {
    super({
      slots: new SharedArrayBuffer(FIRST_SLOT_COUNT * 8),
      segments: [],
      rowWords: withDigests ? DIGEST_ROW_WORDS : PLAIN_ROW_WORDS,
    });
  }

  /** Number of distinct states. */
  get size(): number {
    return this.count;
  }

  memory(): StateTableMemory {
    return {
      slots: sharedBufferOf(this.slots),
      segments: this.segments.map(sharedBufferOf),
      rowWords: this.rowWords,
    };
  }

  /** Adds a state that {@link find} does not know; its index is the number of states before it. */
  add(low: number, high: number, parent: number, digest?: Uint32Array, digestOffset = 0): number {
    const index = this.count;
    if (index >= STATES_MAX) throw new RangeError('more than 2,147,483,632 distinct states');
    if (index >>> SEGMENT_BITS === this.segments.length) {
      this.segments.push(new Uint32Array(new SharedArrayBuffer(SEGMENT_STATES * this.rowWords * 4)));
      this.version += 1;
    }
    const segment = this.segmentOf(index);
    const row = (index & SEGMENT_MASK) * this.rowWords;
    segment[row] = low;
    segment[row + 1] = high;
    segment[row + 2] = parent;
    if (digest !== undefined) {
      for (let word = 0; word < 4; word += 1) {
        segment[row + PLAIN_ROW_WORDS + word] = digest[digestOffset + word] ?? 0;
      }
    }
    this.count += 1;
    if (this.count > (this.slotMask + 1) * LOAD_MAX) this.grow();
    this.link(low, high, index);
    return index;
  }

  fingerprintOf(index: number): { readonly low: number; readonly high: number } {
    const segment = this.segmentOf(index);
    const row = (index & SEGMENT_MASK) * this.rowWords;
    return { low: segment[row] ?? 0, high: segment[row + 1] ?? 0 };
  }

  /** The state it was first reached from, or {@link NO_PARENT}. */
  parentOf(index: number): number {
    return this.segmentOf(index)[(index & SEGMENT_MASK) * this.rowWords + 2] ?? NO_PARENT;
  }

  /** The rows of all states, in order, a piece at a time: what a checkpoint keeps. */
  *rows(): Generator<Uint32Array> {
    for (let first = 0; first < this.count; first += SEGMENT_STATES) {
      const states = Math.min(SEGMENT_STATES, this.count - first);
      yield this.segmentOf(first).subarray(0, states * this.rowWords);
    }
  }

  /** Adds rows as {@link rows} gave them. */
  addRows(rows: Uint32Array): void {
    for (let row = 0; row < rows.length; row += this.rowWords) {
      const digest = this.rowWords === DIGEST_ROW_WORDS ? rows : undefined;
      this.add(rows[row] ?? 0, rows[row + 1] ?? 0, rows[row + 2] ?? 0, digest, row + PLAIN_ROW_WORDS);
    }
  }

  private link(low: number, high: number, index: number): void {
    const slots = this.slots;
    let slot = low & this.slotMask;
    while (slots[slot * 2] !== 0) slot = (slot + 1) & this.slotMask;
    slots[slot * 2 + 1] = high;
    Atomics.store(slots, slot * 2, index + 1);
  }

  /** Views of the old slots stay valid: they know every state up to now, and none of the later ones. */
  private grow(): void {
    this.slots = new Int32Array(new SharedArrayBuffer((this.slotMask + 1) * 2 * 8));
    this.slotMask = this.slots.length / 2 - 1;
    this.version += 1;
    // The state being added is not linked yet.
    for (let index = 0; index < this.count - 1; index += 1) {
      const segment = this.segmentOf(index);
      const row = (index & SEGMENT_MASK) * this.rowWords;
      this.link(segment[row] ?? 0, segment[row + 1] ?? 0, index);
    }
  }
}

function sharedBufferOf(array: Int32Array | Uint32Array): SharedArrayBuffer {
  const buffer = array.buffer;
  if (!(buffer instanceof SharedArrayBuffer)) throw new TypeError('the table lives in shared memory');
  return buffer;
}
