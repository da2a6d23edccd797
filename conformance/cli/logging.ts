/** The options of commands that run servers: what their log says, and how. */
import { Option, type Command } from 'commander';

import { LOG_LEVELS, lineLogger, type LogLevel } from '../../impl/server/line-logger.ts';
import type { Logger } from '../../impl/server/logger.ts';
import type { Terminal } from './terminal.ts';

export interface LoggingOptions {
  readonly logLevel: LogLevel;
  readonly logFormat: 'text' | 'json';
}

export function logging(command: Command): Command {
  return command
    .addOption(
      new Option('--log-level <level>', 'the least that is worth a line').choices(LOG_LEVELS).default('info'),
    )
    .addOption(
      new Option('--log-format <format>', 'lines of text or of JSON')
        .choices(['text', 'json'])
        .default('text'),
    );
}

/** A log on standard error. */
export function terminalLogger({ logLevel, logFormat }: LoggingOptions, terminal: Terminal): Logger {
  return lineLogger({
    level: logLevel,
    format: logFormat,
    write: (line) => {
      terminal.note(line);
    },
  });
}
