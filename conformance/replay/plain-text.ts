/**
 * Plain values (what JSON knows, and bytes) as text and back. Equal values have equal texts, so that texts stand for
 * snapshots: whatever a snapshot holds is in its text, and nothing that it does not hold survives being read back.
 *
 * Payloads are bytes whatever they are part of, and transactions an array however they are held; as such they are read back.
 */
import { Slice } from '../../impl/broadcast/payload.ts';
import { arrayOf } from '../../impl/broadcast/transaction-list.ts';
import { TransactionRun } from '../../impl/broadcast/transaction-run.ts';

const BYTES = '$bytes';

/**
 * The text of a plain value. Fields stand in the order in which the object has them; a field that is `undefined` is
 * not there.
 * @throws TypeError for what is not plain: a function, a map, an instance of a class
 */
export function plainText(value: unknown): string {
  switch (typeof value) {
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} is not plain data`);
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'string':
      return JSON.stringify(value);
    case 'object':
      break;
    default:
      throw new TypeError(`a ${typeof value} is not plain data`);
  }
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return `{"${BYTES}":"${hexOf(value)}"}`;
  if (value instanceof Slice) return `{"${BYTES}":"${hexOfSlice(value)}"}`;
  if (value instanceof TransactionRun) return plainText(arrayOf(value));
  if (Array.isArray(value)) {
    let text = '[';
    for (let i = 0; i < value.length; i += 1) text += (i === 0 ? '' : ',') + plainText(value[i]);
    return `${text}]`;
  }
  // What is frozen stays as it is, and most of a snapshot is shared with an earlier one.
  const frozen = Object.isFrozen(value);
  const known = frozen ? frozenTexts.get(value) : undefined;
  if (known !== undefined) return known;
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    throw new TypeError(`an instance of ${value.constructor.name} is not plain data`);
  }
  const fields = value as Readonly<Record<string, unknown>>; // a plain object, as was just seen
  let text = '{';
  for (const key in fields) {
    const field = fields[key];
    if (field !== undefined) text += `${text === '{' ? '"' : ',"'}${key}":${plainText(field)}`;
  }
  text += '}';
  if (frozen && isDeeplyFrozen(value)) frozenTexts.set(value, text);
  return text;
}

/** Texts of objects that are frozen through and through. */
const frozenTexts = new WeakMap<object, string>();

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen);
}

/** Reads what {@link plainText} wrote; the value is frozen through and through. */
export function readPlain(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if (BYTES in value && typeof value[BYTES] === 'string')
      return new Uint8Array(Buffer.from(value[BYTES], 'hex'));
    return Object.freeze(value);
  });
}

/**
 * Freezes a plain value all the way down, so that whoever writes into what it shares with a snapshot is found out. Bytes
 * cannot be frozen.
 */
export function freezePlain(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value))
    return;
  Object.freeze(value);
  for (const field of Object.values(value)) freezePlain(field);
}

function hexOfSlice({ bytes, start, length }: Slice): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('hex');
}

const hexTexts = new WeakMap<Uint8Array, string>();

/** Payloads are immutable and shared, so each is written out once. */
function hexOf(bytes: Uint8Array): string {
  let hex = hexTexts.get(bytes);
  if (hex === undefined) {
    hex = Buffer.from(bytes).toString('hex');
    hexTexts.set(bytes, hex);
  }
  return hex;
}
