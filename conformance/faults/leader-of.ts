import type { ServerProcess } from './server-process.ts';
import { until } from './waiting.ts';

/** Waits until all servers serve, one of them as the leader; that one. */
export async function leaderOf(servers: readonly ServerProcess[], timeoutMs: number): Promise<ServerProcess> {
  return until('all servers serve', timeoutMs, async () => {
    for (const server of servers) server.assertRunning();
    const modes = await Promise.all(servers.map((server) => server.mode()));
    if (modes.includes(undefined)) return undefined;
    const leaders = servers.filter((_, index) => modes[index] === 'leader');
    return leaders.length === 1 ? leaders[0] : undefined;
  });
}
