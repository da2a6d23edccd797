/** Gives constants the values that the configuration file says. */
import { TlaError } from '../errors.ts';
import type { Configuration, ConfiguredValue } from '../configuration.ts';
import type { Interner } from '../values/interner.ts';
import { makeSet } from '../values/sets.ts';
import type { Value } from '../values/value.ts';
import { nativeArity } from '../modules/native.ts';
import type { Binding, Env } from './scope.ts';

/** The value that a configuration file writes. */
export function configuredValue(written: ConfiguredValue, interner: Interner): Value {
  switch (written.kind) {
    case 'integer':
    case 'boolean':
      return written.value;
    case 'string':
      return interner.string(written.value);
    case 'model':
      return interner.model(written.name);
    case 'set':
      return makeSet(written.elements.map((element) => configuredValue(element, interner)));
  }
}

/** Names model values and strings in the order of the file, before anything else is named. */
export function internConfiguration(configuration: Configuration, interner: Interner): void {
  for (const constant of configuration.constants) {
    for (const argument of constant.arguments) configuredValue(argument, interner);
    configuredValue(constant.value, interner);
  }
}

export function arityOf(binding: Binding): number {
  switch (binding.kind) {
    case 'missing':
    case 'table':
    case 'operator-slot':
      return binding.arity;
    case 'definition':
      return binding.definition.parameters.length;
    case 'native':
      return nativeArity(binding.native);
    case 'instance':
      return binding.definition.parameters.length;
    case 'variable':
    case 'value':
    case 'slot':
    case 'expression':
      return 0;
  }
}

/** Puts another binding in the place of one, wherever it is visible. */
function replaceBinding(scopes: Iterable<Env>, old: Binding, replacement: Binding): void {
  for (const env of scopes) {
    for (const [name, binding] of env.names) if (binding === old) env.bind(name, replacement);
  }
}

/** The scopes of a specification's modules. */
export interface ModuleScopes {
  /** Those of the root and of the modules that it extends, by name. */
  readonly rootScopes: ReadonlyMap<string, Env>;
  /** Those of instances and standard modules too, in which the same names may be visible. */
  readonly allScopes: readonly Env[];
  /** Does something to every scope of a module, those of instances to come included; false if there is no such module. */
  whenever(module: string, change: (scope: Env) => void): boolean;
}

/** Applies the constants and replacements of a model. */
export function applyConfiguration(
  configuration: Configuration,
  root: Env,
  library: ModuleScopes,
  interner: Interner,
): void {
  const all = library.allScopes;
  const tables = new Map<string, Extract<Binding, { kind: 'table' }>>();
  for (const constant of configuration.constants) {
    const { name, module, place } = constant;
    const value = configuredValue(constant.value, interner);
    if (module !== undefined) {
      const known = library.whenever(module, (scope) => {
        const defined = scope.lookup(name);
        if (defined === undefined) throw notDeclared(name, place);
        // It is that definition that has the value, also for whoever extends the module.
        if (arityOf(defined) === 0) replaceBinding(all, defined, { kind: 'value', value });
      });
      if (!known) throw new TlaError('configuration', `there is no module ${module}`, place);
      continue;
    }
    const old = root.lookup(name);
    if (constant.arguments.length > 0) {
      const table = tables.get(name);
      const args = constant.arguments.map((argument) => configuredValue(argument, interner));
      if (table !== undefined) {
        table.entries.push({ args, value });
        continue;
      }
      if (old === undefined) throw notDeclared(name, place);
      const made: Binding = { kind: 'table', name, arity: args.length, entries: [{ args, value }] };
      if (arityOf(old) !== args.length) {
        throw new TlaError(
          'configuration',
          `${name} takes ${arityOf(old)} arguments, not ${args.length}`,
          place,
        );
      }
      tables.set(name, made);
      replaceBinding(all, old, made);
      continue;
    }
    if (old === undefined) {
      // TLC accepts model values that only the model speaks of.
      if (constant.value.kind === 'model' && constant.value.name === name) continue;
      throw notDeclared(name, place);
    }
    if (old.kind === 'variable') {
      throw new TlaError('configuration', `${name} is a variable; a model cannot give it a value`, place);
    }
    if (arityOf(old) !== 0) {
      throw new TlaError(
        'configuration',
        `${name} takes ${arityOf(old)} arguments; use ${name} <- Operator`,
        place,
      );
    }
    replaceBinding(all, old, { kind: 'value', value });
  }
  for (const { name, module, replacement, place } of configuration.replacements) {
    const target = root.lookup(replacement);
    if (target === undefined) throw new TlaError('configuration', `${replacement} is not defined`, place);
    const replaced = (old: Binding | undefined): Binding => {
      if (old === undefined) throw notDeclared(name, place);
      if (arityOf(old) === arityOf(target)) return old;
      throw new TlaError(
        'configuration',
        `${name} takes ${arityOf(old)} arguments and ${replacement} takes ${arityOf(target)}`,
        place,
      );
    };
    if (module === undefined) {
      replaceBinding(all, replaced(root.lookup(name)), target);
      continue;
    }
    const known = library.whenever(module, (scope) => {
      replaced(scope.lookup(name));
      scope.bind(name, target);
    });
    if (!known) throw new TlaError('configuration', `there is no module ${module}`, place);
  }
  for (const env of library.rootScopes.values()) {
    for (const [name, binding] of env.names) {
      if (binding.kind === 'missing') {
        throw new TlaError(
          'configuration',
          `constant ${name} has no value in the model ${configuration.file}`,
          binding.place,
        );
      }
    }
  }
}

function notDeclared(name: string, place: TlaError['place']): TlaError {
  return new TlaError('configuration', `${name} is neither declared nor defined in the specification`, place);
}
