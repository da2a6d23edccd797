/**
 * One server a data directory: two that write the same files would each promise what the other breaks.
 *
 * Node.js has no file locks. What dies with a process, also with one that is killed, is a socket that it listens on; its
 * name is made of the directory's device and inode, so that two paths to one directory are one name. On Linux it is an
 * abstract socket, which the kernel gives to one process and takes back by itself (processes in different network
 * namespaces, as of two containers that share a volume, do not see each other's). Elsewhere it is a socket in the
 * folder for temporary files, and one that nobody listens on any more is taken over.
 */
import { rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { DiskError, hasCode } from './disk-error.ts';

export class DirectoryLock {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * Takes the lock of a directory, which exists.
   * @throws DiskError when a process has it
   */
  static async take(directory: string): Promise<DirectoryLock> {
    const name = await socketName(directory).catch((error: unknown) => {
      throw DiskError.from(`cannot use ${directory}`, error);
    });
    const server = await takeSocket(name).catch((error: unknown) => {
      throw DiskError.from(`cannot lock ${directory}`, error);
    });
    if (server !== undefined) return new DirectoryLock(server);
    throw new DiskError(
      `${directory} is in use by another server; stop that one, or give each server directories of its own`,
    );
  }

  async release(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }
}

/** Listens on a socket; undefined when another process does. A socket file that was left behind is taken over. */
export async function takeSocket(name: string): Promise<Server | undefined> {
  const server = await listen(name);
  if (server !== undefined || isAbstract(name) || (await isListenedOn(name))) return server;
  await rm(name, { force: true });
  return listen(name);
}

async function socketName(directory: string): Promise<string> {
  const { dev, ino } = await stat(directory, { bigint: true });
  const name = `zab-${dev}-${ino}`;
  return process.platform === 'linux' ? `\0${name}` : path.join(tmpdir(), `${name}.lock`);
}

function isAbstract(name: string): boolean {
  return name.startsWith('\0');
}

function listen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    // Alone it is no reason to go on running.
    server.unref();
    server.once('error', (error) => {
      if (hasCode(error, 'EADDRINUSE')) resolve(undefined);
      else reject(error);
    });
    server.listen({ path: name, exclusive: true }, () => {
      resolve(server);
    });
  });
}

function isListenedOn(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(name);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
