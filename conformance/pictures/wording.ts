/** How a picture says what a message holds and what a step changed, in the words of the specification. */
import { isArray, isObject, type JsonValue } from '../tla-json-trace/index.ts';
import { at, plainText, type PlainState, type Step } from './run-of-trace.ts';

/** A message: its type, then its content without the names of the fields. */
export function messageText(message: JsonValue): string {
  if (message === null || !isObject(message)) return contentText(message);
  const type = message.get('type');
  const content = [...message].filter(([name]) => name !== 'type').map(([, value]) => contentText(value));
  return [...(type === undefined ? [] : [plainText(type)]), ...content].join(' ');
}

/** A value: zxids as (epoch, counter), a transaction as its zxid and value, sequences in ⟨ ⟩. */
function contentText(value: JsonValue): string {
  if (value === null) return 'null';
  if (isArray(value)) return value.length === 0 ? '⟨⟩' : `⟨${value.map(contentText).join(', ')}⟩`;
  if (!isObject(value)) return plainText(value);
  const [epoch, counter] = [value.get('epoch'), value.get('counter')];
  if (value.size === 2 && epoch !== undefined && counter !== undefined) {
    return `(${plainText(epoch)},${plainText(counter)})`;
  }
  const [zxid, carried] = [value.get('zxid'), value.get('value')];
  if (value.size === 2 && zxid !== undefined && carried !== undefined) {
    return `${contentText(zxid)}=${plainText(carried)}`;
  }
  return `[${[...value].map(([key, item]) => `${key} ${contentText(item)}`).join(', ')}]`;
}

/** The action, and those of its parameters that the picture does not show otherwise. */
export function stepText({ action, parameters, server }: Step): string {
  const others = parameters.filter((parameter, index) => index !== parameters.indexOf(server ?? ''));
  return [action, ...others].join(' ');
}

/** What the step changed at its server, one remark each. Variables that the specification does not have are passed over. */
export function remarks(before: PlainState, after: PlainState, server: string): string[] {
  const was = (name: string): JsonValue | undefined => at(before.get(name), server);
  const is = (name: string): JsonValue | undefined => at(after.get(name), server);
  const said: string[] = [];
  const [role, phase] = [textOf(is('role')), textOf(is('phase'))];
  if (textOf(was('role')) !== role)
    said.push(role === 'LOOKING' ? 'now LOOKING' : `now ${role}, in ${phase}`);
  else if (textOf(was('phase')) !== phase) said.push(`now in ${phase}`);
  for (const name of ['acceptedEpoch', 'currentEpoch']) {
    if (textOf(was(name)) !== textOf(is(name))) said.push(`${name} ${textOf(is(name))}`);
  }
  said.push(...logRemarks(sequence(was('history')), sequence(is('history'))));
  const log = sequence(is('history'));
  const durable = [was('durable'), is('durable')].map(Number);
  if ((durable[1] ?? 0) > (durable[0] ?? 0)) said.push(`on disk to ${zxidText(log[(durable[1] ?? 0) - 1])}`);
  if (sequence(was('cutTail')).length > 0 && sequence(is('cutTail')).length === 0) said.push('cut on disk');
  const delivered = [was('committed'), is('committed')].map(Number);
  const news = log.slice(delivered[0], delivered[1]);
  if (news.length > 0) said.push(`delivers ${news.map(contentText).join(', ')}`);
  return said;
}

function textOf(value: JsonValue | undefined): string {
  return value === undefined ? '' : plainText(value);
}

function sequence(value: JsonValue | undefined): readonly JsonValue[] {
  return value !== undefined && value !== null && isArray(value) ? value : [];
}

function logRemarks(before: readonly JsonValue[], after: readonly JsonValue[]): string[] {
  let same = 0;
  while (
    same < before.length &&
    same < after.length &&
    contentText(before[same] ?? null) === contentText(after[same] ?? null)
  ) {
    same++;
  }
  const [gone, come] = [before.slice(same), after.slice(same)];
  return [
    ...(gone.length === 0 ? [] : [`loses ${gone.map(contentText).join(', ')}`]),
    ...(come.length === 0 ? [] : [`appends ${come.map(contentText).join(', ')}`]),
  ];
}

function zxidText(transaction: JsonValue | undefined): string {
  if (transaction === undefined || transaction === null || !isObject(transaction)) return '?';
  return contentText(transaction.get('zxid') ?? null);
}
