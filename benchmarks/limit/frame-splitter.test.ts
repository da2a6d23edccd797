import { Buffer } from 'node:buffer';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CountedAnswers, encodeCount } from './cumulative-count.ts';
import { FrameSplitter } from './frame-splitter.ts';

function frameOf(bytes: number): Buffer {
  const frame = Buffer.alloc(4 + bytes, bytes % 256);
  frame.writeUInt32BE(bytes);
  return frame;
}

/** The stream in pieces that end at these places. */
function pieces(stream: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  return ends.map((end, index) => stream.subarray(ends[index - 1] ?? 0, end));
}

describe('the bare pipeline', () => {
  it('counts frames and gives them whole and in order, however the bytes are cut', () => {
    const frames = fc.array(fc.integer({ min: 0, max: 300 }).map(frameOf), { maxLength: 20 });
    fc.assert(
      fc.property(frames, fc.array(fc.nat(), { maxLength: 30 }), (sent, places) => {
        const splitter = new FrameSplitter();
        const got: Buffer[] = [];
        let counted = 0;
        for (const piece of pieces(Buffer.concat(sent), places)) {
          splitter.push(piece, (whole, count) => {
            got.push(whole);
            counted += count;
          });
          // What was given so far is whole frames: the first `counted` of them.
          expect(Buffer.concat(got)).toEqual(Buffer.concat(sent.slice(0, counted)));
        }
        expect(counted).toBe(sent.length);
      }),
    );
  });

  it('answers by a count all requests up to it, each once', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 20 });
    fc.assert(
      fc.property(counts, fc.array(fc.nat(), { maxLength: 30 }), (steps, places) => {
        let sum = 0;
        const stream = Buffer.concat(steps.map((step) => encodeCount((sum += step))));
        const answers: number[] = [];
        const reader = new CountedAnswers();
        for (const piece of pieces(stream, places)) reader.read(piece, (number) => answers.push(number));
        expect(answers).toEqual(Array.from({ length: sum }, (_, index) => index + 1));
      }),
    );
  });
});
