/** What modules define, and where: read from their text alone, without a model and without evaluating anything. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { TlaError, type Place } from './errors.ts';
import type { Module } from './syntax/ast.ts';
import { convertFile } from './syntax/convert.ts';
import { grammarLoaded, type Grammar } from './syntax/parser.ts';

/** Where each definition stands, by its name: from the name to the end of the body. */
export type Definitions = ReadonlyMap<string, Place>;

/** Reads modules, each file once. */
export class DefinitionReader {
  readonly #grammar: Grammar;
  readonly #modules = new Map<string, Module>();

  private constructor(grammar: Grammar) {
    this.#grammar = grammar;
  }

  static async create(): Promise<DefinitionReader> {
    return new DefinitionReader(await grammarLoaded());
  }

  /**
   * The definitions that can be named in a module: its own, and those of the modules it extends that have a file.
   * @param tla path of the module.
   * @param libraries folders searched for modules after the folder of the module.
   * @throws TlaError for a file that cannot be read or parsed
   */
  definitionsIn(tla: string, libraries: readonly string[]): Definitions {
    const places = new Map<string, Place>();
    this.#collect(tla, [dirname(tla), ...libraries], places, new Set());
    return places;
  }

  #collect(file: string, folders: readonly string[], places: Map<string, Place>, seen: Set<string>): void {
    if (seen.has(file)) return;
    seen.add(file);
    const { extends: extended, units } = this.#read(file);
    for (const { name } of extended) {
      const other = folders.map((folder) => join(folder, `${name}.tla`)).find((path) => existsSync(path));
      if (other !== undefined) this.#collect(other, folders, places, seen);
    }
    for (const unit of units) if (unit.kind === 'definition') places.set(unit.name, unit.place);
  }

  #read(file: string): Module {
    const known = this.#modules.get(file);
    if (known !== undefined) return known;
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      throw new TlaError('semantic', `cannot read module file ${file} (${reason})`);
    }
    const tree = this.#grammar.parse(text, file);
    try {
      const [module] = convertFile(tree.rootNode, file);
      if (module === undefined) throw new TypeError('a file has a module');
      this.#modules.set(file, module);
      return module;
    } finally {
      tree.delete();
    }
  }
}
