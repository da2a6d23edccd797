import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readConfigurationFile } from '../config/configuration-file.ts';
import { loadSpecification } from '../specification.ts';
import type { Specification, State } from '../specification.ts';
import { format } from '../values/format.ts';
import { fingerprintOf } from '../values/fingerprint.ts';

function testFile(name: string): string {
  return fileURLToPath(new URL(`../testdata/${name}`, import.meta.url));
}

async function load(name: string, printed: string[] = []): Promise<Specification> {
  const configuration = await readConfigurationFile(testFile(`${name}.cfg`));
  return loadSpecification(
    testFile(`${name}.tla`),
    { ...configuration, properties: [] },
    { print: (text) => printed.push(text) },
  );
}

interface Figures {
  generated: number;
  distinct: number;
  depth: number;
}

/** Explores level by level, as TLC's figures are defined. */
function explore(specification: Specification): Figures {
  const seen = new Set<bigint>();
  let generated = 0;
  let depth = 0;
  let level: State[] = [];
  const visit = (state: State, next: State[]): void => {
    generated += 1;
    const key = fingerprintOf(state);
    if (seen.has(key)) return;
    seen.add(key);
    next.push(state);
  };
  specification.initialStates((state) => {
    visit(state, level);
  });
  while (level.length > 0) {
    depth += 1;
    const next: State[] = [];
    for (const state of level) {
      specification.successors(state, (successor) => {
        visit(successor, next);
      });
    }
    level = next;
  }
  return { generated, distinct: seen.size, depth };
}

describe('the figures of TLC', () => {
  it.each([
    ['Splitting', { generated: 2119, distinct: 81, depth: 6 }],
    ['Instances', { generated: 6201, distinct: 2000, depth: 12 }],
    ['Values', { generated: 20, distinct: 20, depth: 20 }],
    ['Dead', { generated: 3, distinct: 3, depth: 3 }],
    ['Lasso', { generated: 13, distinct: 7, depth: 4 }],
  ])('%s', async (name, figures) => {
    const specification = await load(name);
    for (const assumption of specification.assumptions) expect(assumption.holds([])).toBe(true);
    expect(explore(specification)).toEqual(figures);
  });
});

describe('actions', () => {
  it('have the name, the place and the arguments that TLC prints', async () => {
    const specification = await load('Values');
    const steps: string[] = [];
    let state: State | undefined;
    specification.initialStates((initial) => {
      state = initial;
    });
    for (let i = 0; i < 2 && state !== undefined; i += 1) {
      const from: State = state;
      specification.successors(from, (next, action, args) => {
        const { line, column, endLine, endColumn, module } = action.place;
        steps.push(
          `${action.name}(${args.map(format).join()}) ${line}:${column}-${endLine}:${endColumn} ${module}`,
        );
        state = next;
      });
    }
    expect(steps).toEqual(['Advance(1) 10:15-10:81 Values', 'Advance(2) 10:15-10:81 Values']);
  });

  it('can be asked for one at a time', async () => {
    const specification = await load('Lasso');
    let initial: State | undefined;
    specification.initialStates((state) => {
      initial ??= state;
    });
    const taken: string[] = [];
    for (const name of ['Up', 'Reset']) {
      specification.successorsBy(initial ?? [], name, (_, action, args) => {
        taken.push(`${action.name}(${args.map(format).join()})`);
      });
    }
    expect(taken).toEqual(['Up(s1)', 'Up(s2)']);
  });
});

describe('the order of values', () => {
  it('is by first mention, as TLC prints and chooses', async () => {
    const printed: string[] = [];
    const specification = await load('Order', printed);
    for (const assumption of specification.assumptions) expect(assumption.holds([])).toBe(true);
    expect(printed.join('\n')).toBe(
      [
        '<<"choose string", "zz">>',
        '<<"choose string seen", "a">>',
        '<<"model values", {m2, m1}, m2>>',
        '<<"set of model values", {n9, n1, n5}, n9>>',
        '<<"record fields", [zeta |-> 1, alpha |-> 2], {"zeta", "alpha"}>>',
        '<<"records", {[k |-> 1], [k |-> 2]}, [k |-> 1]>>',
        '<<"sequences", {<<>>, <<2>>, <<1, 1>>}, <<>>>>',
        '<<"sets", {{}, {3}, {1, 2}}, {3}>>',
        '<<"functions", {<<1, 2>>, <<2, 1>>}>>',
        '<<"mixed with model value", {m1, 3}, {m2, "s"}>>',
        '<<"subsets", {{}, {"q"}, {"p"}, {"q", "p"}}>>',
        '<< "function set",',
        '   { [q |-> 1, p |-> 1],',
        '     [q |-> 1, p |-> 2],',
        '     [q |-> 2, p |-> 1],',
        '     [q |-> 2, p |-> 2] } >>',
      ].join('\n'),
    );
  });

  it('shows in the printed states', async () => {
    const specification = await load('Values');
    const shown: string[] = [];
    let initial: State = [];
    specification.initialStates((state) => {
      initial = state;
    });
    let frontier = [initial];
    while (frontier.length > 0) {
      const next: State[] = [];
      for (const state of frontier) {
        shown.push(format(state[1] ?? 0));
        specification.successors(state, (successor) => next.push(successor));
      }
      frontier = next;
    }
    expect(shown).toContain('{"b", "a"}');
    expect(shown).toContain('(FALSE :> FALSE @@ TRUE :> TRUE)');
    expect(shown).toContain('[k |-> 1, j |-> 2]');
    expect(shown).toContain('(s1 :> {s1} @@ s2 :> {s2})');
  });
});
