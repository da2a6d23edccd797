/** A process that takes the lock of the directory it is given, says so, and waits to be killed. */
import { DirectoryLock } from '../directory-lock.ts';

await DirectoryLock.take(process.argv[2] ?? '.');
process.stdout.write('taken\n');
setInterval(() => undefined, 1000);
