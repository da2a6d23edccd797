/** What processes use, as Linux tells it in /proc; nothing elsewhere. */
import { readFileSync } from 'node:fs';

/** The clock ticks in which /proc counts are of this length on every architecture of Linux. */
const TICKS_PER_SECOND = 100;
const POLL_MS = 250;

export interface NamedProcess {
  readonly name: string;
  readonly pid: number;
}

export interface ProcessUsage extends NamedProcess {
  /** Processor time over elapsed time: 100 is one core. */
  readonly cpuPercent: number;
  /** The most memory that was resident at any of the times looked at, some each second. */
  readonly rssBytesMax: number;
}

/** Processor time so far, in seconds, as it stands in the text of /proc/PID/stat. */
export function cpuSecondsOf(stat: string): number {
  // The name of the program, in parentheses, may hold blanks and parentheses; fields 14 and 15 follow.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory in bytes, as it stands in the text of /proc/PID/status. */
export function rssBytesOf(status: string): number {
  return 1024 * Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0);
}

interface Watched extends NamedProcess {
  readonly cpuSecondsBefore: number;
  rssBytesMax: number;
}

/** Watches processes from when it is made until `stop`. */
export class ProcessMeter {
  readonly #begin = performance.now();
  readonly #watched: Watched[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(processes: readonly NamedProcess[]) {
    for (const { name, pid } of processes) {
      const stat = read(pid, 'stat');
      if (stat !== undefined)
        this.#watched.push({ name, pid, cpuSecondsBefore: cpuSecondsOf(stat), rssBytesMax: 0 });
    }
    this.#timer = setInterval(() => {
      this.#look();
    }, POLL_MS);
    this.#look();
  }

  /** Those that still run. */
  stop(): ProcessUsage[] {
    clearInterval(this.#timer);
    this.#look();
    const seconds = (performance.now() - this.#begin) / 1000;
    return this.#watched.flatMap(({ name, pid, cpuSecondsBefore, rssBytesMax }) => {
      const stat = read(pid, 'stat');
      if (stat === undefined) return [];
      const cpuPercent = Math.round((100 * (cpuSecondsOf(stat) - cpuSecondsBefore)) / seconds);
      return [{ name, pid, cpuPercent, rssBytesMax }];
    });
  }

  #look(): void {
    for (const process of this.#watched) {
      process.rssBytesMax = Math.max(process.rssBytesMax, rssBytesOf(read(process.pid, 'status') ?? ''));
    }
  }
}

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
