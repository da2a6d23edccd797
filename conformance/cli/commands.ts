/** The subcommands of `zab`, in the order in which help lists them. */
import { bench } from './bench.ts';
import { checkAll } from './check-all.ts';
import { check } from './check.ts';
import type { Subcommand } from './command.ts';
import { conformance } from './conformance.ts';
import { evaluate } from './eval.ts';
import { picture } from './picture.ts';
import { replay } from './replay.ts';
import { server } from './server.ts';
import { cluster } from './cluster.ts';
import { traces } from './traces.ts';

export const subcommands: readonly Subcommand[] = [
  check,
  checkAll,
  evaluate,
  conformance,
  replay,
  picture,
  traces,
  server,
  cluster,
  bench,
];
