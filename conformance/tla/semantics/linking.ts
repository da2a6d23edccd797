/** Puts modules together: EXTENDS, INSTANCE, and the constants of a model. */
import { readFileSync, existsSync } from 'node:fs';
import { basename, dirname, join, resolve as resolvePath } from 'node:path';
import { TlaError, isStackOverflow } from '../errors.ts';
import type { Place } from '../errors.ts';
import { findStandardModule, unsupportedModules } from '../modules/standard.ts';
import type { Application, Expression, InstanceDefinition, Module, Statement } from '../syntax/ast.ts';
import { convertFile } from '../syntax/convert.ts';
import { deepestPlace } from '../syntax/parser.ts';
import type { Grammar } from '../syntax/parser.ts';
import type { Interner } from '../values/interner.ts';
import { bindArgument, isExpression } from './arguments.ts';
import { Env, expressionBinding } from './scope.ts';
import type { Binding, DefinitionBinding, Library, VariableBinding } from './scope.ts';

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
  /** What each module read so far names, standard ones included. */
  private readonly relatives = new Map<string, Relatives>();
  private readonly standard = new Map<string, Env>();
  private readonly folders: readonly string[];
  private readonly grammar: Grammar;
  private readonly sources: Sources;
  private readonly interner: Interner;
  private readonly building = new Set<string>();
  /** What a model changes in the modules of that name. */
  private readonly changes = new Map<string, ((scope: Env) => void)[]>();

  constructor(grammar: Grammar, interner: Interner, folders: readonly string[], sources: Sources) {
    this.grammar = grammar;
    this.interner = interner;
    this.folders = folders;
    this.sources = sources;
  }

  /** Reads the root module and all it depends on, and makes its scope. */
  loadRoot(path: string): Env {
    const root = this.read(path, undefined);
    const expected = basename(path, '.tla');
    if (root.name !== expected) {
      throw new TlaError(
        'semantic',
        `this file must hold module ${expected}, not ${root.name}; rename one of the two`,
        root.place,
      );
    }
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
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      throw new TlaError('semantic', `cannot read module file ${path} (${reason})`, wanted);
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
    } catch (error) {
      throw isStackOverflow(error)
        ? new TlaError('syntax', 'expressions are nested too deep here', deepestPlace(tree, file))
        : error;
    } finally {
      tree.delete();
    }
  }

  private keep(module: Module): void {
    this.modules.set(module.name, module);
    for (const identifier of module.identifiers) this.interner.rank(identifier);
    const own = new Set(module.extends);
    this.relatives.set(module.name, {
      extends: module.extends,
      instances: dependencies(module).filter((reference) => !own.has(reference)),
    });
    for (const unit of module.units) if (unit.kind === 'module') this.keep(unit.module);
  }

  /**
   * Reads what a module needs, in SANY's order, which decides how strings sort: whatever is extended, near or far, comes
   * before anything that is instantiated; of each kind, first what a module itself names, then what those name.
   */
  private readDependencies(root: Module): void {
    for (;;) {
      const next =
        this.nextUnread(root.name, 'extends', new Set()) ??
        this.nextUnread(root.name, 'instances', new Set());
      if (next === undefined) break;
      this.readModule(next);
    }
    this.refuseCircles(root.name, new Set(), new Set());
  }

  private refuseCircles(name: string, open: Set<string>, done: Set<string>): void {
    open.add(name);
    const { extends: extended, instances } = this.relatives.get(name) ?? noRelatives;
    for (const reference of [...extended, ...instances]) {
      if (open.has(reference.name)) {
        throw new TlaError('semantic', `module ${reference.name} depends on itself`, reference.place);
      }
      if (!done.has(reference.name)) this.refuseCircles(reference.name, open, done);
    }
    open.delete(name);
    done.add(name);
  }

  private nextUnread(name: string, kind: keyof Relatives, visited: Set<string>): Reference | undefined {
    if (visited.has(name)) return undefined;
    visited.add(name);
    const relatives = this.relatives.get(name);
    if (relatives === undefined) return undefined;
    const unread = relatives[kind].find((reference) => !this.relatives.has(reference.name));
    if (unread !== undefined) return unread;
    for (const reference of [...relatives.extends, ...relatives.instances]) {
      const found = this.nextUnread(reference.name, kind, visited);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private readModule({ name, place }: Reference): void {
    const source = this.sources.get(name);
    const file = source === undefined ? this.findFile(name) : undefined;
    if (source !== undefined) this.parse(source, `${name}.tla`);
    else if (file !== undefined) this.read(file, place);
    else {
      const standard = findStandardModule(name);
      if (standard !== undefined) {
        for (const identifier of standard.identifiers) this.interner.rank(identifier);
        const named = (names: readonly string[]): Reference[] =>
          names.map((other) => ({ name: other, place }));
        this.relatives.set(name, {
          extends: named(standard.extends),
          instances: named(standard.instances),
        });
        return;
      }
      if (unsupportedModules.has(name)) {
        throw new TlaError('unsupported', `module ${name} is not evaluated`, place);
      }
      throw new TlaError('semantic', `cannot find module ${name} in ${this.folders.join(', ')}`, place);
    }
    if (!this.relatives.has(name)) {
      throw new TlaError('semantic', `the file of module ${name} holds another module`, place);
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
    if (this.building.has(module.name)) {
      throw new TlaError('semantic', `module ${module.name} depends on itself`, wanted ?? module.place);
    }
    const known = scopes.get(module.name);
    if (known !== undefined) return known;
    this.building.add(module.name);
    const env = new Env(undefined, module, this);
    this.allScopes.push(env);
    scopes.set(module.name, env);
    for (const { name, place } of module.extends) {
      const other = this.modules.get(name);
      const from =
        other === undefined ? this.standardScope(name) : this.scopeOf(other, declared, scopes, place);
      if (from === undefined) continue;
      include(env, from, false);
      for (const variable of from.mapped) env.mapped.add(variable);
    }
    const recursive = new Set<string>();
    for (const unit of module.units) {
      switch (unit.kind) {
        case 'constants':
          for (const declaration of unit.declarations) {
            const { name, arity, place } = declaration;
            introduce(env, name, declared?.(name, place) ?? { kind: 'missing', name, arity, place }, place);
          }
          break;
        case 'variables':
          for (const { name, place } of unit.declarations) {
            const mapped = declared?.(name, place);
            if (mapped !== undefined) env.mapped.add(name);
            introduce(env, name, mapped ?? this.newVariable(name), place);
          }
          break;
        case 'recursive':
          for (const { name } of unit.operators) recursive.add(name);
          break;
        case 'definition': {
          const { name } = unit;
          const binding = {
            kind: 'definition',
            definition: unit,
            name,
            env,
            recursive: recursive.has(name),
          } as const;
          introduce(env, name, binding, unit.place);
          if (unit.local) env.local.add(name);
          break;
        }
        case 'instance':
          if (unit.name === undefined) include(env, this.instantiate(unit, env), unit.local);
          else {
            introduce(
              env,
              unit.name,
              { kind: 'instance', definition: unit, env, opened: undefined },
              unit.place,
            );
            if (unit.local) env.local.add(unit.name);
          }
          break;
        case 'assumption':
        case 'theorem': {
          const { name, body, place } = unit;
          if (name !== undefined) introduce(env, name, statementBinding(unit, name, env), place);
          if (unit.kind === 'assumption' && declared === undefined) {
            this.assumptions.push({ name: name ?? 'ASSUME', body, env, place });
          }
          break;
        }
        case 'module':
          break;
      }
    }
    this.building.delete(module.name);
    for (const change of this.changes.get(module.name) ?? []) change(env);
    return env;
  }

  private newVariable(name: string): VariableBinding {
    const variable: VariableBinding = { kind: 'variable', name, index: this.variables.length };
    this.variables.push(variable);
    return variable;
  }

  whenever(module: string, change: (scope: Env) => void): boolean {
    for (const scope of this.allScopes) if (scope.module?.name === module) change(scope);
    const changes = this.changes.get(module);
    if (changes === undefined) this.changes.set(module, [change]);
    else changes.push(change);
    return this.relatives.has(module);
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
    const taken = new Set<Binding>();
    const declared = (name: string): Binding => {
      const binding = substitutions.get(name) ?? scope.lookup(name);
      if (binding === undefined) {
        throw new TlaError(
          'semantic',
          `INSTANCE ${definition.module} says nothing about ${name}, and nothing of that name is defined here`,
          definition.place,
        );
      }
      // Two names for one variable are still two variables of the instance, which ENABLED has to tell apart.
      if (binding.kind !== 'variable') return binding;
      if (taken.has(binding)) {
        const given = definition.substitutions.find((substitution) => substitution.name === name)?.value;
        const meant = given !== undefined && isExpression(given) ? given : reference(name, definition.place);
        return expressionBinding(meant, scope, undefined);
      }
      taken.add(binding);
      return binding;
    };
    const scopes = new Map<string, Env>();
    const wasBuilding = this.building.has(module.name);
    if (wasBuilding)
      throw new TlaError('semantic', `module ${module.name} depends on itself`, definition.place);
    return this.scopeOf(module, declared, scopes, definition.place);
  }
}

/** The name of a statement, in expressions, is the formula. */
function statementBinding({ body, place }: Statement, name: string, env: Env): DefinitionBinding {
  return {
    kind: 'definition',
    definition: { kind: 'definition', name, parameters: [], body, local: false, place },
    name,
    env,
    recursive: false,
    statement: true,
  };
}

/** Gives a name of a module its meaning; a second one is a mistake, whether the first is extended or its own. */
function introduce(env: Env, name: string, binding: Binding, place: Place): void {
  const before = env.names.get(name);
  if (before !== undefined) {
    const { module, file, line } = (before.kind === 'definition' ? before.definition.place : undefined) ?? {};
    const where =
      line === undefined ? '' : `, in ${module === place.module ? `line ${line}` : `${file}:${line}`}`;
    throw new TlaError('semantic', `${name} is defined already${where}; choose another name`, place);
  }
  env.bind(name, binding);
}

/** Takes over the names of another scope, except the local ones. */
function include(env: Env, from: Env, local: boolean): void {
  for (const [name, binding] of from.names) {
    if (from.local.has(name)) continue;
    env.bind(name, binding);
    if (local) env.local.add(name);
  }
}

/** A module that is named, and where. */
interface Reference {
  readonly name: string;
  readonly place: Place;
}

interface Relatives {
  readonly extends: readonly Reference[];
  readonly instances: readonly Reference[];
}

const noRelatives: Relatives = { extends: [], instances: [] };

/** The modules that a module names, in the order of the text. */
function dependencies(module: Module): Reference[] {
  const found: Reference[] = [...module.extends];
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

function reference(name: string, place: Place): Application {
  return { kind: 'apply', place, qualifiers: [], name, args: [] };
}
