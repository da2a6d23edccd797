/** A copy of the project in a temporary folder, in which changes are made and undone. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { changed, type Change } from './mutant.ts';

export const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));

const NEEDED = ['impl', 'conformance', 'benchmarks', 'spec', 'package.json', 'tsconfig.json'];
const NOT_NEEDED = new Set(['node_modules', 'states', '.zab', 'dist', 'coverage']);

export class Workshop {
  /** Where the copy is. */
  readonly folder: string;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'zab-mutants-'));
    try {
      for (const name of NEEDED) {
        cpSync(join(PROJECT_ROOT, name), join(this.folder, name), {
          recursive: true,
          filter: (source) => !NOT_NEEDED.has(basename(source)),
        });
      }
      symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(this.folder, 'node_modules'), 'dir');
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /**
   * Does something while changes are made, and undoes them.
   * @throws StaleChange when a change cannot be made; nothing is done then
   */
  async with<T>(changes: readonly Change[], work: () => Promise<T>): Promise<T> {
    const originals = new Map<string, string>();
    const texts = new Map<string, string>();
    for (const change of changes) {
      const { file } = change;
      const text = texts.get(file) ?? readFileSync(join(this.folder, file), 'utf8');
      if (!originals.has(file)) originals.set(file, text);
      texts.set(file, changed(text, change));
    }
    try {
      for (const [file, text] of texts) writeFileSync(join(this.folder, file), text);
      return await work();
    } finally {
      for (const [file, text] of originals) writeFileSync(join(this.folder, file), text);
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
