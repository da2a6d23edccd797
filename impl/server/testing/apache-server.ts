/** A server of Apache ZooKeeper as a process of its own, where there is one: what ours must get along with. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The jar, whose manifest names what it needs: `ZOOKEEPER_JAR`, or where Debian's package libzookeeper-java has it. */
const JAR = process.env['ZOOKEEPER_JAR'] ?? '/usr/share/java/zookeeper.jar';
const MAIN = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';

/** Why there is none here; undefined: there is one. */
export function whyNoApacheServer(): string | undefined {
  if (!existsSync(JAR)) return `there is no ${JAR}; ZOOKEEPER_JAR names another one`;
  const java = spawnSync('java', ['-version'], { stdio: 'ignore' });
  return java.error === undefined ? undefined : `java: ${java.error.message}`;
}

/** The command that starts a server with that configuration; it writes its log to standard error. */
export function apacheCommand(
  configurationFile: string,
  jvmOptions: readonly string[] = [],
): [string, ...string[]] {
  // Without a binding beside it the logging facade says nothing.
  const classPath = [JAR, path.join(path.dirname(JAR), 'slf4j-simple.jar')].join(path.delimiter);
  return ['java', ...jvmOptions, '-cp', classPath, MAIN, configurationFile];
}

/**
 * Runs a tool of Apache's; what it printed on standard output.
 * @throws Error when it ended with an error
 */
export function apacheTool(main: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('java', ['-cp', JAR, main, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${main} ${args.join(' ')}: status ${String(status)}: ${stderr}`);
  return stdout;
}

export class ApacheServer {
  readonly #process: ChildProcess;
  readonly #directory: string;
  /** Resolves when the process has ended, of itself or not. */
  readonly ended: Promise<unknown>;

  private constructor(process: ChildProcess, directory: string) {
    this.#process = process;
    this.#directory = directory;
    this.ended = new Promise((resolve) => process.once('exit', resolve));
  }

  /**
   * Starts a server with that id and these lines in its zoo.cfg. Unless they name a data directory, its data is in one of
   * its own, which goes with it.
   */
  static async start(id: number, lines: readonly string[]): Promise<ApacheServer> {
    const directory = await mkdtemp(path.join(tmpdir(), 'apache-zookeeper-'));
    const data = path.join(directory, 'data');
    await mkdir(data);
    await writeFile(path.join(data, 'myid'), `${id}\n`);
    const file = path.join(directory, 'zoo.cfg');
    const own = lines.some((line) => line.startsWith('dataDir=')) ? [] : [`dataDir=${data}`];
    await writeFile(file, [...lines, ...own, 'admin.enableServer=false', ''].join('\n'));
    const [program, ...args] = apacheCommand(file);
    return new ApacheServer(spawn(program, args, { stdio: 'ignore' }), directory);
  }

  /** Ends the process as `kill -9` does, and removes the data that is its own. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.ended;
    await rm(this.#directory, { recursive: true, force: true });
  }
}
