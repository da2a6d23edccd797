/** `npm run pictures`: makes the pictures in `spec/pictures`; with `--check` compares them with what it would make. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { hasCode } from '../../impl/log/disk-error.ts';
import { failureOf, UsageError } from '../cli/failure.ts';
import { findModel, readModel } from '../cli/models.ts';
import { defaultWorkers } from '../cli/options.ts';
import { writeTextFile } from '../tla-json-trace/index.ts';
import { loadModel } from '../tla/explore/model-check.ts';
import {
  PHASES_FILE,
  PHASES_MODELS,
  phasesPicture,
  PICTURES_FOLDER,
  TRACE_PICTURES,
  tracePicture,
} from './committed.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

async function make(args: readonly string[]): Promise<number> {
  const unknown = args.find((argument) => argument !== '--check');
  if (unknown !== undefined) throw new UsageError(`${unknown} is not known here; there is only --check`);
  const pictures = new Map(TRACE_PICTURES.map((wanted) => [wanted.file, tracePicture(ROOT, wanted)]));
  process.stderr.write(`exploring ${PHASES_MODELS.join(', ')} for ${PHASES_FILE}\n`);
  const load = async (name: string): ReturnType<typeof loadModel> =>
    loadModel(await readModel(findModel(name)), () => undefined);
  pictures.set(PHASES_FILE, await phasesPicture(load, defaultWorkers()));
  const folder = join(ROOT, PICTURES_FOLDER);
  if (args.includes('--check')) {
    const stale = [...pictures].filter(([file, svg]) => contentOf(join(folder, file)) !== svg);
    for (const [file] of stale)
      process.stdout.write(`${PICTURES_FOLDER}/${file} is not what npm run pictures makes\n`);
    return stale.length === 0 ? 0 : 1;
  }
  mkdirSync(folder, { recursive: true });
  for (const [file, svg] of pictures) {
    writeTextFile(join(folder, file), svg);
    process.stdout.write(`${PICTURES_FOLDER}/${file}\n`);
  }
  return 0;
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

try {
  process.exitCode = await make(process.argv.slice(2));
} catch (error) {
  const failure = failureOf(error);
  if (failure === undefined) throw error;
  process.stderr.write(`pictures: ${failure.line}\n`);
  process.exitCode = failure.status;
}
