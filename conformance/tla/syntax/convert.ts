/** From the grammar's tree to our own, which has one form for each thing that can be said in several ways. */
import type { Node } from 'web-tree-sitter';
import { TlaError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type {
  InstanceDefinition,
  LetDefinition,
  Module,
  OperatorDefinition,
  Parameter,
  RecursiveDeclaration,
  Statement,
  Substitution,
  Unit,
} from './ast.ts';
import { Expressions } from './expressions.ts';
import { placeOf } from './parser.ts';
import { children, fieldNodes, fieldText, ModuleText, operatorName, required } from './tree.ts';

/** Converts the modules of one file; the root module is the first. */
export function convertFile(root: Node, file: string): Module[] {
  const modules = children(root).filter((node) => node.type === 'module');
  if (modules.length === 0) {
    throw new TlaError('syntax', 'no ---- MODULE … ---- here', placeOf(root, file, ''));
  }
  return modules.map((node) => convertModule(node, file));
}

function convertModule(node: Node, file: string): Module {
  return new ModuleConverter(new ModuleText(file, fieldText(node, 'name'))).module(node);
}

class ModuleConverter {
  private readonly text: ModuleText;
  private readonly expressions: Expressions;

  constructor(text: ModuleText) {
    this.text = text;
    this.expressions = new Expressions(text, (node) => this.definition(node, false));
  }

  module(node: Node): Module {
    const units: Unit[] = [];
    const extended: { name: string; place: Place }[] = [];
    for (const child of children(node)) {
      if (child.type === 'extends') {
        for (const name of children(child)) extended.push({ name: name.text, place: this.text.place(name) });
      } else {
        const unit = this.unit(child);
        if (unit !== undefined) units.push(unit);
      }
    }
    return {
      name: this.text.moduleName,
      place: this.text.place(node),
      extends: extended,
      units,
      identifiers: identifiersIn(node),
      strings: [...this.text.strings],
    };
  }

  private unit(node: Node): Unit | undefined {
    switch (node.type) {
      case 'variable_declaration':
        return { kind: 'variables', declarations: this.parameters(node) };
      case 'constant_declaration':
        return { kind: 'constants', declarations: this.parameters(node) };
      case 'assumption': {
        const body = children(node).at(-1);
        if (body === undefined) throw this.text.error(node, 'ASSUME without an expression');
        return this.statement('assumption', node, body);
      }
      case 'theorem': {
        const theorem = this.statement('theorem', node, required(node, 'statement'));
        // Nothing of a proof means anything here, but TLC orders strings by where it meets them.
        for (const found of node.descendantsOfType('string')) this.text.string(found);
        return theorem;
      }
      case 'module':
        return { kind: 'module', module: convertModule(node, this.text.file) };
      case 'local_definition': {
        const [definition] = children(node);
        return definition === undefined ? undefined : this.definition(definition, true);
      }
      case 'operator_definition':
      case 'function_definition':
      case 'module_definition':
      case 'instance':
      case 'recursive_declaration':
        return this.definition(node, false);
      default:
        // USE and HIDE, separator lines: nothing to evaluate.
        return undefined;
    }
  }

  private statement(kind: Statement['kind'], node: Node, body: Node): Statement {
    const name = node.childForFieldName('name');
    return {
      kind,
      ...(name === null ? {} : { name: name.text }),
      body:
        body.type === 'assume_prove'
          ? this.text.unsupported(body, 'ASSUME … PROVE')
          : this.expressions.expression(body),
      place: this.text.place(node),
    };
  }

  private parameters(node: Node): Parameter[] {
    return children(node).map((child) => this.text.parameter(child));
  }

  private definition(node: Node, local: boolean): LetDefinition {
    switch (node.type) {
      case 'operator_definition':
        return this.operatorDefinition(node, local);
      case 'function_definition':
        return {
          kind: 'definition',
          name: fieldText(node, 'name'),
          parameters: [],
          bounds: children(node)
            .filter((child) => child.type === 'quantifier_bound')
            .map((child) => this.expressions.bound(child)),
          body: this.expressions.expression(required(node, 'definition')),
          local,
          place: this.text.place(node),
        };
      case 'module_definition':
        return this.instance(
          required(node, 'definition'),
          local,
          fieldText(node, 'name'),
          fieldNodes(node, 'parameter').map((child) => this.text.parameter(child)),
        );
      case 'instance':
        return this.instance(node, local, undefined, []);
      case 'recursive_declaration':
        return this.recursive(node);
      default:
        throw this.text.error(node, `a definition was expected, not ${node.type}`);
    }
  }

  private operatorDefinition(node: Node, local: boolean): OperatorDefinition {
    return {
      kind: 'definition',
      // `-. a == …` defines the prefix minus, which the grammar calls by the same symbol as the infix one.
      name: operatorName(required(node, 'name')),
      parameters: fieldNodes(node, 'parameter').map((child) => this.text.parameter(child)),
      body: this.expressions.expression(required(node, 'definition')),
      local,
      place: this.text.place(node),
    };
  }

  private recursive(node: Node): RecursiveDeclaration {
    return {
      kind: 'recursive',
      operators: this.parameters(node),
      place: this.text.place(node),
    };
  }

  private instance(
    node: Node,
    local: boolean,
    name: string | undefined,
    parameters: readonly Parameter[],
  ): InstanceDefinition {
    const [module, ...substitutions] = children(node);
    if (module === undefined) throw this.text.error(node, 'INSTANCE without a module');
    return {
      kind: 'instance',
      ...(name === undefined ? {} : { name }),
      parameters,
      module: module.text,
      substitutions: substitutions.map((child) => this.substitution(child)),
      local,
      place: this.text.place(node),
    };
  }

  private substitution(node: Node): Substitution {
    const [target, , value] = children(node);
    if (target === undefined || value === undefined) throw this.text.error(node, 'incomplete substitution');
    return {
      name: operatorName(target),
      value: this.expressions.applications.argument(value),
      place: this.text.place(node),
    };
  }
}

/** Each identifier once, in the order of the text. */
function identifiersIn(node: Node): string[] {
  const found = node.descendantsOfType(['identifier', 'identifier_ref']);
  return [...new Set(found.map((identifier) => identifier.text))];
}
