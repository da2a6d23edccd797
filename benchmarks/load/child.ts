/** Processes of a benchmark that are written in TypeScript and talk by messages. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts the module as a process of its own; `nodeOptions` are for Node.js. */
export function startModule(module: URL, nodeOptions: readonly string[] = []): ChildProcess {
  return fork(fileURLToPath(module), { execArgv: [...nodeOptions, '--import', import.meta.resolve('tsx')] });
}

/** Ends a process, at once, and waits until it has ended. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
