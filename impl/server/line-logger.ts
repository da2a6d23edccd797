/** A logger that writes a line a message: time, level, message, and the fields as `name=value`; or a JSON object a line. */
import type { LogFields, Logger } from './logger.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LineLoggerOptions {
  /** Messages of lower levels are left out. */
  readonly level: LogLevel;
  readonly format: 'text' | 'json';
  readonly write: (line: string) => void;
  /** Fields that stand on every line. */
  readonly fields?: LogFields;
}

export function lineLogger({ level, format, write, fields = {} }: LineLoggerOptions): Logger {
  const lowest = LOG_LEVELS.indexOf(level);
  const at =
    (own: LogLevel) =>
    (message: string, more: LogFields = {}): void => {
      if (LOG_LEVELS.indexOf(own) < lowest) return;
      const time = new Date().toISOString();
      const all = { ...fields, ...more };
      write(
        format === 'json'
          ? `${JSON.stringify({ time, level: own, message, ...all }, jsonValue)}\n`
          : `${[time, own.toUpperCase().padEnd(5), message, ...textFields(all)].join(' ')}\n`,
      );
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function textFields(fields: LogFields): string[] {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${textValue(value)}`);
}

/** One word as it is, anything else in quotes: a line stays a line. */
function textValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value, jsonValue);
  return /^[\w.:/-]+$/.test(text) ? text : JSON.stringify(text);
}

function jsonValue(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
