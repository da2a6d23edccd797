import { format } from '../tla/values/format.ts';
import type { Value } from '../tla/values/value.ts';

/** `ReceiveAck(s1, s2)`. */
export function stepText(action: string, args: readonly Value[]): string {
  return args.length === 0 ? action : `${action}(${args.map((value) => format(value)).join(', ')})`;
}
