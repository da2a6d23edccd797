/** Who may do what with a node. */
import type { Acl } from '../wire/acl.ts';

/** Bits of `Acl.permissions`. */
export const Permission = { READ: 1, WRITE: 2, CREATE: 4, DELETE: 8, ADMIN: 16 } as const;

/** A way in which a client has identified itself, such as ip and its address. */
export interface Identity {
  readonly scheme: string;
  readonly id: string;
}

/** May a client with these identities do that? No entry at all leaves a node open, as in ZooKeeper. */
export function isAllowed(acl: readonly Acl[], permission: number, identities: readonly Identity[]): boolean {
  if (acl.length === 0 || identities.some(({ scheme }) => scheme === 'super')) return true;
  return acl.some(
    (entry) =>
      (entry.permissions & permission) !== 0 &&
      ((entry.scheme === 'world' && entry.id === 'anyone') ||
        identities.some((identity) => matches(entry, identity))),
  );
}

function matches({ scheme, id }: Acl, identity: Identity): boolean {
  if (scheme !== identity.scheme) return false;
  return scheme === 'ip' ? addressMatches(id, identity.id) : id === identity.id;
}

/** Is the address in the range `a.b.c.d/bits`, or the very one? */
function addressMatches(range: string, address: string): boolean {
  const [network = '', bits] = range.split('/');
  if (bits === undefined) return network === address;
  const wanted = ipv4Number(network);
  const actual = ipv4Number(address);
  const count = Number(bits);
  if (wanted === undefined || actual === undefined || !Number.isInteger(count) || count < 0 || count > 32) {
    return false;
  }
  const mask = count === 0 ? 0 : (0xffff_ffff << (32 - count)) >>> 0;
  return (wanted & mask) === (actual & mask);
}

function ipv4Number(address: string): number | undefined {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) {
    return undefined;
  }
  return parts.reduce((number, part) => number * 256 + part, 0);
}

/** Schemes whose entries can be given to somebody here. */
const SCHEMES = new Set(['world', 'ip', 'digest']);

/** Can a node be given this list? Each entry says who; there is one at least. */
export function isValidAcl(acl: readonly Acl[]): boolean {
  return (
    acl.length > 0 &&
    acl.every(
      ({ scheme, id }) =>
        SCHEMES.has(scheme) && (scheme === 'world' ? id === 'anyone' : id !== '' && !id.startsWith(':')),
    )
  );
}
