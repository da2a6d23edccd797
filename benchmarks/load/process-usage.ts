/** What processes use, as Linux tells it in /proc; nothing elsewhere. */
import { readFileSync } from 'node:fs';

/** The clock ticks in which /proc counts are of this length on every architecture of Linux. */
const TICKS_PER_SECOND = 100;
const POLL_MS = 250;
const POLLS_PER_SAMPLE = 4;

export interface NamedProcess {
  readonly name: string;
  readonly pid: number;
}

export interface ProcessUsage extends NamedProcess {
  /** Processor time over elapsed time: 100 is one core. */
  readonly cpuPercent: number;
  /** The most memory that was resident at any of the times looked at, some each second. */
  readonly rssBytesMax: number;
  /** Written to disks a second; undefined where the system does not tell. */
  readonly diskBytesPerSec: number | undefined;
  /** Once a second, from the begin of the measured time, for as long as the process was there. */
  readonly rssBytes: readonly number[];
  /** In each second likewise. */
  readonly cpuPercents: readonly number[];
}

/** Processor time so far, in seconds, as it stands in the text of /proc/PID/stat. */
export function cpuSecondsOf(stat: string): number {
  // The name of the program, in parentheses, may hold blanks and parentheses; fields 14 and 15 follow.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory in bytes, as it stands in the text of /proc/PID/status; undefined for a process that has ended. */
export function rssBytesOf(status: string): number | undefined {
  const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : 1024 * Number(kilobytes);
}

/** Bytes that had to go to a disk so far, as they stand in the text of /proc/PID/io. */
export function diskBytesOf(io: string): number | undefined {
  const bytes = /^write_bytes: (\d+)$/m.exec(io)?.[1];
  return bytes === undefined ? undefined : Number(bytes);
}

/** Watches processes from when it is made until `stop`. */
export class ProcessMeter {
  readonly #begin = performance.now();
  readonly #watched: WatchedProcess[];
  readonly #timer: NodeJS.Timeout;
  #polls = 0;

  constructor(processes: readonly NamedProcess[]) {
    this.#watched = processes
      .map((process) => new WatchedProcess(process))
      .filter((process) => process.look());
    for (const process of this.#watched) process.begin();
    this.#timer = setInterval(() => {
      this.#polls++;
      for (const process of this.#watched) {
        const there = process.look();
        if (there && this.#polls % POLLS_PER_SAMPLE === 0) process.sample(performance.now());
      }
    }, POLL_MS);
  }

  /** What each has used; of one that has ended, until then. */
  stop(): ProcessUsage[] {
    clearInterval(this.#timer);
    const seconds = (performance.now() - this.#begin) / 1000;
    return this.#watched.map((process) => {
      process.look();
      return process.usage(seconds);
    });
  }
}

/** What was seen of one process. Numbers are those of the last look at which it was there. */
class WatchedProcess {
  readonly #process: NamedProcess;
  readonly #rssBytes: number[] = [];
  readonly #cpuPercents: number[] = [];
  #rssBytesNow = 0;
  #rssBytesMax = 0;
  #cpuSeconds = 0;
  #diskBytes: number | undefined;
  #cpuSecondsBefore = 0;
  #diskBytesBefore = 0;
  #sampledAtMs = performance.now();
  #cpuSecondsSampled = 0;

  constructor(process: NamedProcess) {
    this.#process = process;
  }

  /** False when it is not there. */
  look(): boolean {
    const { pid } = this.#process;
    const stat = read(pid, 'stat');
    const rssBytes = rssBytesOf(read(pid, 'status') ?? '');
    if (stat === undefined || rssBytes === undefined) return false;
    this.#cpuSeconds = cpuSecondsOf(stat);
    this.#diskBytes = diskBytesOf(read(pid, 'io') ?? '') ?? this.#diskBytes;
    this.#rssBytesNow = rssBytes;
    this.#rssBytesMax = Math.max(this.#rssBytesMax, rssBytes);
    return true;
  }

  begin(): void {
    this.#cpuSecondsBefore = this.#cpuSecondsSampled = this.#cpuSeconds;
    this.#diskBytesBefore = this.#diskBytes ?? 0;
    this.#rssBytes.push(this.#rssBytesNow);
  }

  sample(nowMs: number): void {
    const seconds = (nowMs - this.#sampledAtMs) / 1000;
    this.#cpuPercents.push(percent(this.#cpuSeconds - this.#cpuSecondsSampled, seconds));
    this.#rssBytes.push(this.#rssBytesNow);
    this.#sampledAtMs = nowMs;
    this.#cpuSecondsSampled = this.#cpuSeconds;
  }

  usage(seconds: number): ProcessUsage {
    const diskBytes = this.#diskBytes;
    return {
      ...this.#process,
      cpuPercent: percent(this.#cpuSeconds - this.#cpuSecondsBefore, seconds),
      rssBytesMax: this.#rssBytesMax,
      diskBytesPerSec:
        diskBytes === undefined ? undefined : Math.round((diskBytes - this.#diskBytesBefore) / seconds),
      rssBytes: this.#rssBytes,
      cpuPercents: this.#cpuPercents,
    };
  }
}

function percent(cpuSeconds: number, seconds: number): number {
  return Math.round((100 * cpuSeconds) / seconds);
}

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
