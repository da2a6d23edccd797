import { Buffer } from 'node:buffer';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FrameRing } from './frame-ring.ts';

function ring(capacity: number): FrameRing {
  return new FrameRing({ bytes: Buffer.alloc(12, 0xaa), numberAt: 4 }, capacity);
}

/** The numbers in the frames taken. */
function taken(from: FrameRing): number[] {
  const numbers: number[] = [];
  from.take((bytes) => {
    for (let at = 0; at < bytes.length; at += 12) {
      expect(bytes.readUInt32BE(at)).toBe(0xaaaaaaaa);
      expect(bytes.readUInt32BE(at + 8)).toBe(0xaaaaaaaa);
      numbers.push(bytes.readInt32BE(at + 4));
    }
  });
  return numbers;
}

describe('the ring of requests', () => {
  it('refuses more than it has places for, and answers to nothing', () => {
    const full = ring(2);
    full.push(1);
    full.push(2);
    expect(full.free).toBe(0);
    expect(() => {
      full.push(3);
    }).toThrow('full');
    full.answer();
    full.answer();
    expect(() => full.answer()).toThrow('nothing waits');
  });

  it('gives each frame once, numbered from 1, and answers with the times in their order', () => {
    const command = fc.oneof(
      fc.record({ push: fc.integer({ min: 0, max: 1000 }) }),
      fc.constant('take' as const),
      fc.constant('answer' as const),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.array(command, { maxLength: 60 }),
        (capacity, commands) => {
          const tested = ring(capacity);
          const waiting: number[] = [];
          const frames: number[] = [];
          let pushed = 0;
          let answered = 0;
          for (const step of commands) {
            if (step === 'take') frames.push(...taken(tested));
            else if (step === 'answer') {
              // A server answers what it was sent.
              if (frames.length === answered) continue;
              answered++;
              expect(tested.awaited).toBe(answered);
              expect(tested.answer()).toBe(waiting.shift());
            } else if (tested.free > 0) {
              tested.push(step.push);
              waiting.push(step.push);
              pushed++;
            }
            expect(tested.outstanding).toBe(waiting.length);
            expect(tested.free).toBe(capacity - waiting.length);
          }
          frames.push(...taken(tested));
          expect(frames).toEqual(Array.from({ length: pushed }, (_, index) => index + 1));
        },
      ),
    );
  });
});
