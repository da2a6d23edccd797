/** A part of the hot path, as it is measured by itself. */

export interface Part {
  /** Which part, and how it is used: `log: append and sync, 100 at a time`. Limits are kept under this name. */
  readonly name: string;
  /** What the figures are per: `transaction`, `acknowledgement`, … */
  readonly operation: string;
  /** Does its cost come from the disk? */
  readonly onDisk: boolean;
  /** Makes everything ready; `directory` exists, is empty, and goes away after `close`. */
  open(directory: string): OpenPart | Promise<OpenPart>;
}

export interface OpenPart {
  /** Operations that one `run` performs. */
  readonly operations: number;
  /** Performs them, and throws when the result is not what it must be. May be called any number of times. */
  readonly run: () => void | Promise<void>;
  readonly close?: () => Promise<void>;
}

/** A part whose work is done in memory. */
export function inMemory(
  name: string,
  operation: string,
  operations: number,
  prepare: () => () => void,
): Part {
  return { name, operation, onDisk: false, open: () => ({ operations, run: prepare() }) };
}
