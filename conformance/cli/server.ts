/** `zab server`: runs one server of an ensemble. */
import { InvalidArgumentError } from 'commander';

import type { Property } from '../../impl/server/properties.ts';
import type { Subcommand } from './command.ts';
import { UsageError } from './failure.ts';
import { logging, type LoggingOptions } from './logging.ts';
import { interrupted, type Terminal } from './terminal.ts';

interface ServerCommandOptions extends LoggingOptions {
  readonly define: readonly Property[];
}

export const server: Subcommand = {
  declare(program, run) {
    const command = program
      .command('server')
      .description('Run one server of an ensemble, until it is interrupted.')
      .argument('<zoo.cfg>', 'its configuration, with the keys of ZooKeeper')
      .option(
        '-D, --define <key=value>',
        'a setting that prevails over the file, as in -Dsnapshot.trust.empty=true; may be repeated',
        collectProperty,
        [],
      );
    logging(command).action((file: string, options: ServerCommandOptions) => {
      run((terminal) => runServer(file, options, terminal));
    });
  },
};

function collectProperty(text: string, before: readonly Property[]): readonly Property[] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('key=value is expected, as in -Djute.maxbuffer=4194304.');
  const key = text.slice(0, equals);
  return [...before, { key, value: text.slice(equals + 1), place: `-D${key}` }];
}

async function runServer(file: string, options: ServerCommandOptions, terminal: Terminal): Promise<number> {
  const { loadConfiguration } = await import('../../impl/server/load-configuration.ts');
  const { ZabServer } = await import('../../impl/server/server.ts');
  const { setGarbageCollection } = await import('../../impl/server/garbage-collection.ts');
  const { terminalLogger } = await import('./logging.ts');
  const { configuration, myId, warnings } = await loadConfiguration(file, options.define);
  if (myId === undefined) {
    throw new UsageError(
      `${file}: no line server.N=host:port:port; a server alone has nobody to agree with (zab cluster --size 3 starts three)`,
    );
  }
  const logger = terminalLogger(options, terminal);
  for (const { place, message } of warnings) logger.warn(message, { place });
  let report: (error: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => {
    report = resolve;
  });
  setGarbageCollection();
  const running = await ZabServer.start({ configuration, myId, logger, failed: report });
  const failure = await Promise.race([failed, interrupted(terminal.signal)]);
  await running.stop().catch((error: unknown) => {
    throw failure ?? error;
  });
  if (failure !== undefined) throw failure;
  return 0;
}
