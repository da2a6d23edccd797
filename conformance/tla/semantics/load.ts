import { TlaError, isStackOverflow } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { Configuration, NamedEntry } from '../configuration.ts';
import type {
  Action,
  ActionPredicate,
  EmitSuccessor,
  LoadOptions,
  Predicate,
  Property,
  Specification,
  State,
  StateFunction,
  Temporal,
} from '../specification.ts';
import type { Application, Expression } from '../syntax/ast.ts';
import { grammarLoaded } from '../syntax/parser.ts';
import type { Grammar } from '../syntax/parser.ts';
import { Interner } from '../values/interner.ts';
import { elementsOf } from '../values/sets.ts';
import { pairsOf } from '../values/functions.ts';
import { equal } from '../values/equality.ts';
import { quote } from '../values/format.ts';
import { generatedGroup } from '../values/symmetry.ts';
import type { Permutation } from '../values/symmetry.ts';
import { isFunction, isSet } from '../values/value.ts';
import type { ModelValue, Value } from '../values/value.ts';
import { NextState, enumerateInitial } from './actions.ts';
import { splitSpecification } from './behaviour.ts';
import type { Scoped } from './behaviour.ts';
import { ExpressionCompiler } from './compile.ts';
import { checkModule } from './check.ts';
import { expectBoolean } from './compiler.ts';
import { CoverageCounters } from './coverage.ts';
import { findGoals } from './coverage-goals.ts';
import { ModuleLibrary, folderOf } from './linking.ts';
import { Frame, Layout, Machine, located } from './machine.ts';
import type { Code } from './machine.ts';
import { applyConfiguration, internConfiguration } from './model.ts';
import { compileProperty } from './property.ts';
import { Env } from './scope.ts';
import type { DefinitionBinding, SlotBinding } from './scope.ts';
import { compileTemporal } from './temporal.ts';

/** Where the root module comes from: a file, or text that is read as if it were that file. */
export interface RootSource {
  readonly path: string;
  readonly text?: string;
}

/** Loads a specification with its model. Raises a `TlaError` for whatever is wrong with either. */
export async function loadRoot(
  source: RootSource,
  configuration: Configuration,
  options: LoadOptions,
): Promise<LoadedSpecification> {
  const grammar = await grammarLoaded();
  try {
    return new LoadedSpecification(grammar, source, configuration, options);
  } catch (error) {
    if (!isStackOverflow(error)) throw error;
    const place = { ...noPlace, file: source.path };
    throw new TlaError('syntax', 'expressions of this specification are nested too deep', place);
  }
}

export class LoadedSpecification implements Specification {
  readonly rootModule: string;
  readonly files: readonly string[];
  readonly variables: readonly string[];
  readonly actions: readonly Action[];
  readonly interner = new Interner();
  readonly invariants: readonly Predicate[];
  readonly properties: readonly Property[];
  readonly fairness: readonly Temporal[];
  readonly constraints: readonly Predicate[];
  readonly actionConstraints: readonly ActionPredicate[];
  readonly assumptions: readonly Predicate[];
  readonly view?: StateFunction;
  readonly alias?: StateFunction;
  readonly postcondition?: Predicate;
  readonly symmetry?: readonly Permutation[];
  readonly checkDeadlock: boolean;
  readonly coverage?: CoverageCounters;
  private readonly grammar: Grammar;
  private readonly root: Env;
  private readonly machine: Machine;
  private readonly compiler: ExpressionCompiler;
  private readonly initial: ((emit: (state: Value[]) => void) => void) | undefined;
  private readonly nextState: NextState | undefined;
  private readonly operators = new Map<string, (args: readonly Value[]) => Value>();

  constructor(grammar: Grammar, source: RootSource, configuration: Configuration, options: LoadOptions) {
    this.grammar = grammar;
    internConfiguration(configuration, this.interner);
    const folders = [folderOf(source.path), ...(options.libraries ?? [])];
    const library = new ModuleLibrary(grammar, this.interner, folders, new Map());
    this.root =
      source.text === undefined ? library.loadRoot(source.path) : library.loadText(source.text, source.path);
    this.rootModule = this.root.module?.name ?? '';
    this.files = library.files;
    this.variables = library.variables.map((variable) => variable.name);
    const checked = new Set<string>();
    for (const env of library.allScopes.slice()) {
      const { module } = env;
      if (module === undefined || checked.has(module.name)) continue;
      checked.add(module.name);
      checkModule(env);
    }
    applyConfiguration(configuration, this.root, library, this.interner);
    this.machine = new Machine(this.interner, this.variables, options.print ?? printLine);
    this.compiler = new ExpressionCompiler(this.machine);
    const { initial, next, nextName, fairness } = this.behaviour(configuration);
    if (options.coverage === true && next !== undefined) {
      this.coverage = new CoverageCounters(findGoals(next.body, next.env, nextName));
      this.machine.coverage = this.coverage;
    }
    this.initial = initial === undefined ? undefined : enumerateInitial(this.compiler, initial);
    this.nextState =
      next === undefined ? undefined : new NextState(this.compiler, next.body, next.env, nextName);
    this.actions = this.nextState?.actions ?? [];
    this.assumptions = library.assumptions.map((assumption) =>
      this.predicate(assumption.name, assumption.body, assumption.env, assumption.body.place),
    );
    this.constraints = configuration.constraints.map((entry) => this.named(entry));
    this.actionConstraints = configuration.actionConstraints.map((entry) => this.namedAction(entry));
    if (configuration.view !== undefined) this.view = this.stateFunction(configuration.view);
    if (configuration.alias !== undefined) this.alias = this.stateFunction(configuration.alias);
    if (configuration.postcondition !== undefined)
      this.postcondition = this.named(configuration.postcondition);
    this.properties = configuration.properties.map((entry) => this.property(entry));
    this.invariants = [
      ...configuration.invariants.map((entry) => this.named(entry)),
      ...this.properties.flatMap(({ invariants }) => invariants),
    ];
    this.fairness = this.properties.some(({ liveness }) => liveness !== undefined)
      ? fairness.map(({ body, env }) => compileTemporal(this.compiler, body, env))
      : [];
    if (configuration.symmetry !== undefined) this.symmetry = this.permutations(configuration.symmetry);
    this.checkDeadlock = configuration.checkDeadlock;
    this.interner.freeze();
  }

  initialStates(emit: (state: State) => void): void {
    this.initial?.(emit);
  }

  successors(state: State, emit: EmitSuccessor): void {
    this.nextState?.successors(state, emit);
  }

  successorsBy(state: State, actionName: string, emit: EmitSuccessor): void {
    this.nextState?.successors(state, emit, actionName);
  }

  evaluateConstant(expression: string): Value {
    try {
      const body = this.parseExpression(expression);
      return this.evaluator(body, this.root, [], 'the expression')([]);
    } catch (error) {
      throw error instanceof TlaError ? unwrapped(error, expression) : error;
    }
  }

  evaluateIn(state: State, operatorName: string, args: readonly Value[] = []): Value {
    // States are recognised by their arrays, and these may be the caller's to change.
    return this.inStates(state.slice(), [], () => this.operator(operatorName)(args));
  }

  evaluateStep(state: State, next: State, operatorName: string, args: readonly Value[] = []): Value {
    return this.inStates(state.slice(), next.slice(), () => this.operator(operatorName)(args));
  }

  private parseExpression(expression: string): Expression {
    const file = expressionFile;
    const module = `---- MODULE Expression ----\nValue ==\n  ${expression}\n====\n`;
    const library = new ModuleLibrary(this.grammar, this.interner, [], new Map());
    const read = library.loadText(module, file);
    const lines = module.split('\n').length - 1;
    if (read.module?.units.length !== 1 || read.module.place.endLine !== lines) {
      throw new TlaError('syntax', 'this is not one expression');
    }
    const binding = read.lookup('Value');
    const body = binding?.kind === 'definition' ? binding.definition.body : undefined;
    if (body === undefined) throw new TlaError('syntax', 'this is not one expression');
    return body;
  }

  private behaviour(configuration: Configuration): {
    readonly initial: readonly Scoped[] | undefined;
    readonly next: Scoped | undefined;
    readonly nextName: string;
    readonly fairness: readonly Scoped[];
  } {
    const { specification, init, next } = configuration;
    if (specification !== undefined) {
      if (init !== undefined || next !== undefined) {
        throw new TlaError(
          'configuration',
          'SPECIFICATION and INIT or NEXT exclude each other',
          specification.place,
        );
      }
      const { definition, env } = this.definition(specification);
      const split = splitSpecification(definition.body, env);
      if (split.next === undefined && this.variables.length > 0) {
        throw new TlaError(
          'configuration',
          `${specification.name} has no [][Next]_vars`,
          specification.place,
        );
      }
      return split;
    }
    const scoped = (entry: NamedEntry): Scoped => {
      const { definition, env } = this.definition(entry);
      return { body: reference(entry.name, definition.place), env, place: definition.place };
    };
    return {
      initial: init === undefined ? undefined : [scoped(init)],
      next: next === undefined ? undefined : scoped(next),
      nextName: next?.name ?? 'Next',
      fairness: [],
    };
  }

  private definition(entry: NamedEntry): DefinitionBinding {
    const binding = this.root.lookup(entry.name);
    if (binding === undefined || (binding.kind === 'definition' && binding.statement === true)) {
      throw new TlaError(
        'configuration',
        `${entry.name} is not defined in module ${this.rootModule}`,
        entry.place,
      );
    }
    if (binding.kind !== 'definition' || binding.definition.parameters.length > 0) {
      throw new TlaError(
        'configuration',
        `${entry.name} is not a definition without parameters`,
        entry.place,
      );
    }
    return binding;
  }

  private property(entry: NamedEntry): Property {
    const { definition, env } = this.definition(entry);
    return compileProperty(
      this.compiler,
      { name: entry.name, place: definition.place },
      definition.body,
      env,
    );
  }

  private named(entry: NamedEntry): Predicate {
    const { definition, env } = this.definition(entry);
    return this.predicate(entry.name, definition.body, env, definition.place);
  }

  private predicate(name: string, body: Expression, env: Env, place: Place): Predicate {
    const evaluate = this.evaluator(body, env, [], name);
    const what = name;
    return {
      name,
      place,
      holds: (state) => this.inStates(state, [], () => expectBoolean(evaluate([]), what, place)),
    };
  }

  private namedAction(entry: NamedEntry): ActionPredicate {
    const { definition, env } = this.definition(entry);
    const evaluate = this.evaluator(definition.body, env, [], entry.name);
    const { name } = entry;
    const { place } = definition;
    return {
      name,
      place,
      holds: (state, next) => this.inStates(state, next, () => expectBoolean(evaluate([]), name, place)),
    };
  }

  private stateFunction(entry: NamedEntry): StateFunction {
    const { definition, env } = this.definition(entry);
    const evaluate = this.evaluator(definition.body, env, [], entry.name);
    return {
      name: entry.name,
      place: definition.place,
      value: (state, next) => this.inStates(state, next ?? [], () => evaluate([])),
    };
  }

  /** Compiles an expression with parameters in slots of its own. */
  private evaluator(
    body: Expression,
    env: Env,
    parameters: readonly string[],
    name: string,
  ): (args: readonly Value[]) => Value {
    const layout = new Layout(undefined);
    const scope = new Env(env);
    for (const parameter of parameters) {
      const slot: SlotBinding = { kind: 'slot', layout, index: layout.slot() };
      scope.bind(parameter, slot);
    }
    let compiled: Code | undefined;
    return (args) => {
      if (args.length !== parameters.length) {
        throw new TlaError(
          'semantic',
          `${name} takes ${parameters.length} arguments, not ${args.length}`,
          body.place,
        );
      }
      try {
        compiled ??= this.compiler.compile(body, scope, { layout, primed: false, partial: 0 });
        const frame = new Frame(layout.size, undefined);
        args.forEach((value, i) => {
          frame.values[i] = value;
        });
        return compiled.run(frame);
      } catch (error) {
        throw located(error, body.place);
      }
    };
  }

  private operator(name: string): (args: readonly Value[]) => Value {
    let evaluate = this.operators.get(name);
    if (evaluate === undefined) {
      const binding = this.root.lookup(name);
      if (binding === undefined) {
        throw new TlaError('semantic', `${name} is not defined in module ${this.rootModule}`);
      }
      const place =
        binding.kind === 'definition' ? binding.definition.place : (this.root.module?.place ?? noPlace);
      const count = binding.kind === 'definition' ? binding.definition.parameters.length : 0;
      const parameters = Array.from({ length: count }, (_, i) => `(parameter ${i})`);
      const call: Application = {
        ...reference(name, place),
        args: parameters.map((parameter) => reference(parameter, place)),
      };
      evaluate = this.evaluator(call, this.root, parameters, name);
      this.operators.set(name, evaluate);
    }
    return evaluate;
  }

  private inStates<T>(state: State, next: State, work: () => T): T {
    const { machine } = this;
    const saved = { current: machine.current, next: machine.next };
    machine.current = state;
    machine.next = next.length === 0 ? noValues : next;
    try {
      return work();
    } finally {
      machine.current = saved.current;
      machine.next = saved.next;
    }
  }

  private permutations(entry: NamedEntry): readonly Permutation[] {
    this.definition(entry);
    const set = this.evaluateIn([], entry.name);
    if (!isSet(set)) throw symmetryError(entry, 'is not a set of permutations');
    const elements = elementsOf(set);
    const group =
      elements.length > permutationsMax
        ? undefined
        : generatedGroup(
            elements.map((value) => permutation(value, entry)),
            permutationsMax,
          );
    if (group === undefined)
      throw symmetryError(
        entry,
        `stands for more than ${permutationsMax} permutations: take fewer model values`,
      );
    return group;
  }
}

const expressionFile = '<expression>';

/** The error with its place in the expression, which was read from the third line of a module, two columns in. */
function unwrapped(error: TlaError, expression: string): TlaError {
  const { place } = error;
  if (place?.file !== expressionFile) return error;
  if (place.line - 2 > expression.split('\n').length || place.line < 3) {
    return new TlaError(error.kind, 'the expression is incomplete, or more than one', {
      ...place,
      line: 1,
      column: 1,
    });
  }
  const column = place.line === 3 ? Math.max(1, place.column - 2) : place.column;
  return new TlaError(error.kind, error.sentence, { ...place, line: place.line - 2, column });
}

const noValues: readonly Value[] = [];
const noPlace: Place = { file: '', module: '', line: 1, column: 1, endLine: 1, endColumn: 1 };

function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

function reference(name: string, place: Place): Application {
  return { kind: 'apply', place, qualifiers: [], name, args: [] };
}

/** Each state would be compared with so many others: a set is not what its author meant. */
const permutationsMax = 100_000;

function permutation(value: Value, entry: NamedEntry): Permutation {
  const map = new Map<ModelValue, ModelValue>();
  if (!isFunction(value))
    throw symmetryError(entry, `has an element that is not a function: ${quote(value)}`);
  for (const [from, to] of pairsOf(value)) {
    if (typeof from !== 'object' || from.kind !== 'model' || typeof to !== 'object' || to.kind !== 'model')
      throw symmetryError(entry, 'permutes something that is not a model value');
    if (!equal(from, to)) map.set(from, to);
  }
  const images = new Set(map.values());
  if (images.size < map.size || [...map.keys()].some((from) => !images.has(from)))
    throw symmetryError(entry, `has an element that is not a permutation: ${quote(value)}`);
  return map;
}

function symmetryError({ name, place }: NamedEntry, wrong: string): TlaError {
  return new TlaError('configuration', `SYMMETRY ${name} ${wrong}`, place);
}
