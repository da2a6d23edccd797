/** The subcommands of `zab`, in the order in which help lists them. */
import { check } from './check.ts';
import type { Subcommand } from './command.ts';
import { evaluate } from './eval.ts';

export const subcommands: readonly Subcommand[] = [check, evaluate];
