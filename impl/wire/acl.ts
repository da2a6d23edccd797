/** Access control entries: who may do what with a node. */
import type { JuteReader } from './jute-reader.ts';
import type { JuteWriter } from './jute-writer.ts';

/** One entry: permission bits, and whom they are given to. */
export interface Acl {
  /** READ 1, WRITE 2, CREATE 4, DELETE 8, ADMIN 16. */
  readonly permissions: number;
  readonly scheme: string;
  readonly id: string;
}

/** Everybody may do everything: READ, WRITE, CREATE, DELETE, ADMIN. */
export const OPEN_ACL: readonly Acl[] = [{ permissions: 31, scheme: 'world', id: 'anyone' }];

const ACL_BYTES_MIN = 12;

/** null, as ZooKeeper writes where there is none, is read as empty. */
export function readAcls(reader: JuteReader, field: string): Acl[] {
  return reader.vector(field, ACL_BYTES_MIN, () => ({
    permissions: reader.int('perms'),
    scheme: reader.string('scheme'),
    id: reader.string('id'),
  }));
}

export function writeAcls(writer: JuteWriter, acls: readonly Acl[]): void {
  writer.vector(acls, ({ permissions, scheme, id }) => {
    writer.int(permissions).string(scheme).string(id);
  });
}
