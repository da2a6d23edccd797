/** Reads what `zab bench --json` printed: one result, or several. */
import { SCENARIOS, type ScenarioResult } from '../macro/results.ts';

/** The results in the text of a file; a string says what is wrong with it. */
export function parseResults(text: string): readonly ScenarioResult[] | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `it is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  const found =
    isRecord(value) && Array.isArray(value['scenarios']) ? (value['scenarios'] as unknown[]) : [value];
  const results: ScenarioResult[] = [];
  for (const one of found) {
    if (!isResult(one)) return 'it is not what zab bench --json prints';
    results.push(one);
  }
  return results;
}

/** What a scenario results in says its name, and no other JSON does. */
function isResult(value: unknown): value is ScenarioResult {
  return (
    isRecord(value) && SCENARIOS.some((name) => name === value['scenario']) && isRecord(value['options'])
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
