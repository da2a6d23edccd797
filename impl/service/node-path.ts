/** Paths of nodes: names separated by slashes, from the root. */

/** Where children of `path` begin. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** The last name of a path other than the root's. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Control characters, surrogates and private use, and the end of the basic plane, as in ZooKeeper. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]/;

/** Why a path is none; undefined when it is one. */
export function pathFault(path: string): string | undefined {
  if (!path.startsWith('/')) return 'a path begins with a slash';
  if (path === '/') return undefined;
  for (const name of path.slice(1).split('/')) {
    if (name === '') return 'a name in a path is not empty';
    if (name === '.' || name === '..') return 'paths are not relative';
  }
  return FORBIDDEN.test(path) ? 'a path has no control or private characters' : undefined;
}
