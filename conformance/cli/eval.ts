/** `zab eval`: the value of a constant expression. */
import type { Subcommand } from './command.ts';
import type { Terminal } from './terminal.ts';

interface EvalOptions {
  readonly module?: string;
  readonly json?: true;
}

export const evaluate: Subcommand = {
  declare(program, run) {
    program
      .command('eval')
      .description('Print the value of a constant TLA+ expression.')
      .argument('<expression>', 'for example: Cardinality(SUBSET (1..3))')
      .option('--module <file>', 'evaluate in this module; by default one that extends the standard modules')
      .option('--json', 'print one JSON object')
      .action((expression: string, options: EvalOptions) => {
        run((terminal) => evaluateExpression(expression, options, terminal));
      });
  },
};

async function evaluateExpression(
  expression: string,
  options: EvalOptions,
  terminal: Terminal,
): Promise<number> {
  const { evaluateExpression: evaluateIn } = await import('../tla/specification.ts');
  const { format } = await import('../tla/values/format.ts');
  const print = (line: string): void => {
    if (options.json === true) terminal.note(`${line}\n`);
    else terminal.out(`${line}\n`);
  };
  const value = await evaluateIn(expression, {
    print,
    ...(options.module === undefined ? {} : { module: options.module }),
  });
  const text = format(value);
  terminal.out(options.json === true ? `${JSON.stringify({ value: text })}\n` : `${text}\n`);
  return 0;
}
