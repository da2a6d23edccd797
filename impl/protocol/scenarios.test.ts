import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ScenarioRunner } from './testing/scenario-runner.ts';

const folder = new URL('testdata/', import.meta.url);

/** The file with the answers that the peers give now. */
function play(text: string): string {
  const runner = new ScenarioRunner();
  const out: string[] = [];
  let answer: string[] = [];
  let answered = false;
  for (const line of text.split('\n')) {
    if (answered) {
      // The old answer ends at an empty line.
      if (line !== '') continue;
      answered = false;
    } else if (line === '----') {
      out.push(line, ...(answer.length > 0 ? answer : ['(nothing)']));
      answer = [];
      answered = true;
      continue;
    } else if (line !== '' && !line.startsWith('#')) {
      answer.push(...runner.command(line));
    }
    out.push(line);
  }
  return out.join('\n');
}

describe('scenario', () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.txt'))) {
    it(name, () => {
      const file = new URL(name, folder);
      const text = readFileSync(file, 'utf8');
      const played = play(text);
      if (process.env['UPDATE'] === '1') writeFileSync(file, played);
      else expect(played).toBe(text);
    });
  }
});
