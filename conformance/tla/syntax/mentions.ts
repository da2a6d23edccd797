import type { Expression } from './ast.ts';

/** Does a name occur anywhere in an expression? Hidden names count too: the answer errs on the side of yes. */
export function mentions(expression: Expression, name: string): boolean {
  return mentioned(expression, name);
}

function mentioned(part: unknown, name: string): boolean {
  if (Array.isArray(part)) return part.some((item) => mentioned(item, name));
  if (typeof part !== 'object' || part === null) return false;
  if ('kind' in part && part.kind === 'apply' && 'name' in part && part.name === name) return true;
  return Object.entries(part).some(([key, value]) => key !== 'place' && mentioned(value, name));
}
