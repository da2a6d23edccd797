/** Puts modules together: EXTENDS, INSTANCE, and the constants of a model. */
import { readFileSync, existsSync } from 'node:fs';
import { dirname, join, resolve as resolvePath } from 'node:path';
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { findStandardModule, unsupportedModules } from '../modules/standard.ts';
import type { Expression, InstanceDefinition, Module } from '../syntax/ast.ts';
import { convertFile } from '../syntax/convert.ts';
import type { Grammar } from '../syntax/parser.ts';
import type { Interner } from '../values/interner.ts';
import { bindArgument } from './arguments.ts';
import { Env } from './scope.ts';
import type { Binding, Library, VariableBinding } from './scope.ts';

/** Text that stands in for files, by module name. */
export type Sources = ReadonlyMap<string, string>;

export interface Assumption {
  readonly name: string;
  readonly body: Expression;
  readonly env: Env;
  readonly place: Place;
}

/** Finds, parses and keeps modules, and makes their scopes. */
export class ModuleLibrary implements Library {
  readonly files: string[] = [];
  readonly variables: VariableBinding[] = [];
  readonly assumptions: Assumption[] = [];
  /** The scopes of the root module and of everything it extends. */
  readonly rootScopes = new Map<string, Env>();
  /** Every scope made so far, those of instances and standard modules included. */
  readonly allScopes: Env[] = [];
  private readonly modules = new Map<string, Module>();
  private readonly standard = new Map<string, Env>();
  private readonly folders: readonly string[];
  private readonly grammar: Grammar;
  private readonly sources: Sources;
  private readonly interner: Interner;
  private readonly building = new Set<string>();

  constructor(grammar: Grammar, interner: Interner, folders: readonly string[], sources: Sources) {
    this.grammar = grammar;
    this.interner = interner;
    this.folders = folders;
    this.sources = sources;
  }

  /** Reads the root module and all it depends on, and makes its scope. */
  loadRoot(path: string): Env {
    const root = this.read(path, undefined);
    this.readDependencies(root);
    this.internStrings(root, new Set());
    return this.scopeOf(root, undefined, this.rootScopes, undefined);
  }

  /** A module given as text, seen from the root's folder. */
  loadText(text: string, file: string): Env {
    const root = this.parse(text, file);
    this.readDependencies(root);
    this.internStrings(root, new Set());
    return this.scopeOf(root, undefined, this.rootScopes, undefined);
  }

  private read(path: string, wanted: Place | undefined): Module {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch {
      throw new TlaError('semantic', `cannot read module file ${path}`, wanted);
    }
    this.files.push(resolvePath(path));
    return this.parse(text, path);
  }

  private parse(text: string, file: string): Module {
    const tree = this.grammar.parse(text, file);
    try {
      const [first, ...others] = convertFile(tree.rootNode, file);
      if (first === undefined) throw new TypeError('a file has a module');
      for (const module of [first, ...others]) this.keep(module);
      return first;
    } finally {
      tree.delete();
    }
  }

  private keep(module: Module): void {
    this.modules.set(module.name, module);
    for (const identifier of module.identifiers) this.interner.rank(identifier);
    for (const unit of module.units) if (unit.kind === 'module') this.keep(unit.module);
  }

  private readDependencies(module: Module): void {
    for (const { name, place } of dependencies(module)) {
      if (this.modules.has(name)) continue;
      const source = this.sources.get(name);
      const file = source === undefined ? this.findFile(name) : undefined;
      if (source !== undefined) this.readDependencies(this.parse(source, `${name}.tla`));
      else if (file !== undefined) this.readDependencies(this.read(file, place));
      else {
        const standard = findStandardModule(name);
        if (standard !== undefined) {
          for (const identifier of standard.identifiers) this.interner.rank(identifier);
        } else if (unsupportedModules.has(name)) {
          throw new TlaError('unsupported', `module ${name} is not evaluated`, place);
        } else {
          throw new TlaError('semantic', `cannot find module ${name} in ${this.folders.join(', ')}`, place);
        }
      }
    }
  }

  private findFile(name: string): string | undefined {
    if (findStandardModule(name) !== undefined) return undefined;
    return this.folders.map((folder) => join(folder, `${name}.tla`)).find((file) => existsSync(file));
  }

  /** String literals take their ranks in the order in which modules are completed: what is extended comes first. */
  private internStrings(module: Module, seen: Set<string>): void {
    if (seen.has(module.name)) return;
    seen.add(module.name);
    for (const { name } of dependencies(module)) {
      const other = this.modules.get(name);
      if (other !== undefined) this.internStrings(other, seen);
    }
    for (const text of module.strings) this.interner.string(text);
  }

  private standardScope(name: string): Env | undefined {
    const known = this.standard.get(name);
    if (known !== undefined) return known;
    const module = findStandardModule(name);
    if (module === undefined) return undefined;
    const env = new Env(undefined, undefined, this);
    this.allScopes.push(env);
    for (const native of module.operators) env.bind(native.name, { kind: 'native', native });
    this.standard.set(name, env);
    return env;
  }

  /**
   * The scope of a module. `declared` gives what its constants and variables stand for in an instance; without it they
   * are the specification's own. Modules extended more than once in `scopes` are one and the same.
   */
  private scopeOf(
    module: Module,
    declared: ((name: string, place: Place) => Binding) | undefined,
    scopes: Map<string, Env>,
    wanted: Place | undefined,
  ): Env {
    const known = scopes.get(module.name);
    if (known !== undefined) return known;
    if (this.building.has(module.name)) {
      throw new TlaError('semantic', `module ${module.name} depends on itself`, wanted ?? module.place);
    }
    this.building.add(module.name);
    const env = new Env(undefined, module, this);
    this.allScopes.push(env);
    scopes.set(module.name, env);
    for (const { name, place } of module.extends) {
      const other = this.modules.get(name);
      const from =
        other === undefined ? this.standardScope(name) : this.scopeOf(other, declared, scopes, place);
      if (from !== undefined) include(env, from, false);
    }
    const recursive = new Set<string>();
    for (const unit of module.units) {
      switch (unit.kind) {
        case 'constants':
          for (const declaration of unit.declarations) {
            const { name, arity, place } = declaration;
            env.bind(name, declared?.(name, place) ?? { kind: 'missing', name, arity, place });
          }
          break;
        case 'variables':
          for (const { name, place } of unit.declarations) {
            env.bind(name, declared?.(name, place) ?? this.newVariable(name));
          }
          break;
        case 'recursive':
          for (const { name } of unit.operators) recursive.add(name);
          break;
        case 'definition': {
          const { name } = unit;
          env.bind(name, { kind: 'definition', definition: unit, name, env, recursive: recursive.has(name) });
          if (unit.local) env.local.add(name);
          break;
        }
        case 'instance':
          if (unit.name === undefined) include(env, this.instantiate(unit, env), unit.local);
          else {
            env.bind(unit.name, { kind: 'instance', definition: unit, env, opened: undefined });
            if (unit.local) env.local.add(unit.name);
          }
          break;
        case 'assumption':
          if (declared === undefined) {
            const { body, place } = unit;
            this.assumptions.push({ name: unit.name ?? 'ASSUME', body, env, place });
          }
          break;
        case 'module':
          break;
      }
    }
    this.building.delete(module.name);
    return env;
  }

  private newVariable(name: string): VariableBinding {
    const variable: VariableBinding = { kind: 'variable', name, index: this.variables.length };
    this.variables.push(variable);
    return variable;
  }

  instantiate(definition: InstanceDefinition, scope: Env): Env {
    const module = this.modules.get(definition.module);
    if (module === undefined) {
      const standard = this.standardScope(definition.module);
      if (standard !== undefined) return standard;
      throw new TlaError('semantic', `cannot find module ${definition.module}`, definition.place);
    }
    const substitutions = new Map<string, Binding>();
    for (const { name, value } of definition.substitutions) {
      substitutions.set(
        name,
        bindArgument(value, value.kind === 'lambda' || value.kind === 'operator' ? 1 : 0, scope, undefined),
      );
    }
    const declared = (name: string): Binding => {
      const binding = substitutions.get(name) ?? scope.lookup(name);
      if (binding === undefined) {
        throw new TlaError(
          'semantic',
          `INSTANCE ${definition.module} says nothing about ${name}, and nothing of that name is defined here`,
          definition.place,
        );
      }
      return binding;
    };
    const scopes = new Map<string, Env>();
    const wasBuilding = this.building.has(module.name);
    if (wasBuilding)
      throw new TlaError('semantic', `module ${module.name} depends on itself`, definition.place);
    return this.scopeOf(module, declared, scopes, definition.place);
  }
}

/** Takes over the names of another scope, except the local ones. */
function include(env: Env, from: Env, local: boolean): void {
  for (const [name, binding] of from.names) {
    if (from.local.has(name)) continue;
    env.bind(name, binding);
    if (local) env.local.add(name);
  }
}

/** The modules that a module names, in the order of the text. */
function dependencies(module: Module): { readonly name: string; readonly place: Place }[] {
  const found: { name: string; place: Place }[] = [...module.extends];
  const inner = new Set<string>();
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) {
      for (const item of part) visit(item);
      return;
    }
    if (typeof part !== 'object' || part === null) return;
    if (isInstance(part)) found.push({ name: part.module, place: part.place });
    for (const [key, value] of Object.entries(part)) if (key !== 'place') visit(value);
  };
  for (const unit of module.units) {
    if (unit.kind === 'module') {
      inner.add(unit.module.name);
      found.push(...dependencies(unit.module));
    } else visit(unit);
  }
  return found.filter(({ name }) => !inner.has(name));
}

function isInstance(part: object): part is InstanceDefinition {
  return 'kind' in part && part.kind === 'instance' && 'module' in part && typeof part.module === 'string';
}

/** The folder that modules of a specification are searched in first. */
export function folderOf(path: string): string {
  return dirname(path);
}
