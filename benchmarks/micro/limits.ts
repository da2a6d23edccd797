/** What `npm run bench:check` allows: how much slower than when its limit was taken a part may be. */

export interface Limits {
  /** A part has become slower when its rate, times this, does not reach the one that is kept: more than noise does. */
  readonly factorInMemory: number;
  readonly factorOnDisk: number;
  /** By name: operations while the reference did one (`relativeRate`). */
  readonly relativeRates: Readonly<Record<string, number>>;
}

/** The limits in the text of a file; a string says what is wrong with it. */
export function parseLimits(text: string): Limits | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `it is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!isRecord(value)) return 'an object is expected';
  const { factorInMemory, factorOnDisk, relativeRates } = value;
  if (!isFactor(factorInMemory)) return 'factorInMemory is no number above 1';
  if (!isFactor(factorOnDisk)) return 'factorOnDisk is no number above 1';
  if (!isRecord(relativeRates)) return 'relativeRates is no object';
  const rates: Record<string, number> = {};
  for (const [name, rate] of Object.entries(relativeRates)) {
    if (typeof rate !== 'number' || !(rate > 0))
      return `the rate of ${JSON.stringify(name)} is no positive number`;
    rates[name] = rate;
  }
  return { factorInMemory, factorOnDisk, relativeRates: rates };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFactor(value: unknown): value is number {
  return typeof value === 'number' && value > 1;
}

/** The least relative rate that a part may have; undefined when there is no limit for it. */
export function leastRate(
  limits: Limits,
  { name, onDisk }: { readonly name: string; readonly onDisk: boolean },
): number | undefined {
  const rate = limits.relativeRates[name];
  return rate === undefined ? undefined : rate / (onDisk ? limits.factorOnDisk : limits.factorInMemory);
}

/** Names that are limited and are not those of parts: what was renamed, or is gone. */
export function strayNames(limits: Limits, names: readonly string[]): string[] {
  return Object.keys(limits.relativeRates).filter((name) => !names.includes(name));
}
