/** Processor time that servers take for one operation: what a busy machine changes least of all figures. */
import type { ProcessUsage } from '../load/process-usage.ts';

const LOAD = 'load';

/** In microseconds, of all processes but the one that generates load; undefined where it is not known. */
export function cpuMicrosecondsPerOp(
  processes: readonly Pick<ProcessUsage, 'name' | 'cpuPercent'>[],
  opsPerSec: number,
): number | undefined {
  const servers = processes.filter(({ name }) => name !== LOAD);
  if (servers.length === 0 || opsPerSec === 0) return undefined;
  const cores = servers.reduce((sum, { cpuPercent }) => sum + cpuPercent, 0) / 100;
  return Math.round((1e8 * cores) / opsPerSec) / 100;
}
