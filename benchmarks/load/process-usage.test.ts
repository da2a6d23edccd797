import { describe, expect, it } from 'vitest';

import { cpuSecondsOf, rssBytesOf } from './process-usage.ts';

describe('what a process uses', () => {
  it('is read past a name with blanks and parentheses in it', () => {
    const stat = '4711 (a (b) c) S 1 4711 4711 0 -1 4194304 100 0 2 0 250 50 7 8 20 0 11 0 12345 1000 100';
    expect(cpuSecondsOf(stat)).toBe(3);
  });

  it('is in bytes', () => {
    expect(rssBytesOf('Name:\tnode\nVmHWM:\t  90000 kB\nVmRSS:\t  81920 kB\nThreads:\t11\n')).toBe(
      80 * 1024 * 1024,
    );
  });
});
