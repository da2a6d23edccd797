import { describe, expect, it } from 'vitest';

import { cpuSecondsOf, diskBytesOf, ProcessMeter, rssBytesOf } from './process-usage.ts';

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

  it('is not known of one that has ended', () => {
    expect(rssBytesOf('Name:\tnode\nState:\tZ (zombie)\n')).toBeUndefined();
    expect(diskBytesOf('')).toBeUndefined();
    expect(diskBytesOf('rchar: 1\nwrite_bytes: 4096\ncancelled_write_bytes: 0\n')).toBe(4096);
    const nobody = 2 ** 30;
    expect(new ProcessMeter([{ name: 'nobody', pid: nobody }]).stop()).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('is seen of one that runs', () => {
    const [usage] = new ProcessMeter([{ name: 'self', pid: process.pid }]).stop();
    expect(usage?.rssBytesMax).toBeGreaterThan(1_000_000);
    expect(usage?.rssBytes).toHaveLength(1);
  });
});
