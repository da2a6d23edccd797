/**
 * What a trace tells about servers and the messages between them: who acted, what was sent, and what became of it.
 *
 * Nothing here knows Zab. A channel is a variable that is, in every state, a function from servers to functions from
 * servers to sequences (or to sets) of records: `messages[a][b]`, what a sent to b. Messages leave it at the front.
 */
import {
  fromTyped,
  isArray,
  isObject,
  TraceError,
  type JsonValue,
  type Trace,
  type TraceFile,
} from '../tla-json-trace/index.ts';

/** A state as plain JSON: functions are objects by the text of their arguments, those over 1..n arrays. */
export type PlainState = ReadonlyMap<string, JsonValue>;

export interface Step {
  readonly action: string;
  /** Values of the action's parameters, in their order, as text. */
  readonly parameters: readonly string[];
  /** The server that acts: the first parameter that is one. */
  readonly server: string | undefined;
}

/** A message from the step that sent it to the step that ended its journey. */
export interface Journey {
  readonly from: string;
  readonly to: string;
  readonly message: JsonValue;
  /** Step that sent it, from 1; 0 if it was on its way at the start. */
  readonly sentAt: number;
  /** Step that took it off the channel; undefined while it is on its way. */
  readonly endedAt?: number;
  /** Whether that step read it. If not, it was lost: the receiver closed, or something newer took its place. */
  readonly received: boolean;
}

/** A trace, read for a picture. */
export interface Run {
  readonly title: string;
  readonly model: string | undefined;
  /** Name of the file, where the title does not say it. */
  readonly trace?: string;
  readonly servers: readonly string[];
  /** The state before the first step, and the one after each step. */
  readonly states: readonly PlainState[];
  readonly steps: readonly Step[];
  readonly journeys: readonly Journey[];
  /** The run goes on for ever by going back to the state after this step (0: the first state). */
  readonly loop?: number;
}

/**
 * Reads a trace from a file of either form.
 * @throws TraceError if no variable of it is a function of servers, so that there is nothing to draw
 */
export function runOfFile(file: TraceFile, name: string): Run {
  return file.form === 'itf' ? runOfTrace(file.trace, name) : readRun(file.trace, name);
}

/** The same for a trace at hand; `name` stands in complaints, and in the title where the trace says none. */
export function runOfTrace(trace: Trace, name: string): Run {
  return readRun(plainTrace(trace), name);
}

/** A typed trace without its types. */
function plainTrace(trace: Trace): Trace<JsonValue> {
  return {
    params: trace.params,
    vars: trace.vars,
    meta: trace.meta,
    ...(trace.loop === undefined ? {} : { loop: trace.loop }),
    states: trace.states.map(({ values, action }) => ({
      values: new Map([...values].map(([name, value]) => [name, fromTyped(value)])),
      ...(action === undefined
        ? {}
        : {
            action: {
              name: action.name,
              parameters: new Map([...action.parameters].map(([name, value]) => [name, fromTyped(value)])),
            },
          }),
    })),
  };
}

function readRun(trace: Trace<JsonValue>, file: string): Run {
  const states = trace.states.map(({ values }) => values);
  const first = states[0];
  if (first === undefined) throw new TraceError('structure', 'the trace has no state to draw', { file });
  const channels = trace.vars.filter((name) => states.every((state) => isChannel(state.get(name))));
  const servers = serversOf(first, channels);
  if (servers === undefined) {
    throw new TraceError(
      'structure',
      'no variable of the trace is a function of servers (role, phase, messages, …), so there is nobody to draw',
      { file },
    );
  }
  const steps = trace.states.slice(1).map(({ action }): Step => {
    const parameters = [...(action?.parameters.values() ?? [])].map(plainText);
    return {
      action: action?.name ?? 'step',
      parameters,
      server: parameters.find((parameter) => servers.includes(parameter)),
    };
  });
  const title = textOf(trace.meta.get('covers')) ?? file.replace(/^.*[/\\]/, '');
  const model = textOf(trace.meta.get('model'));
  const journeys = journeysOf(states, steps, channels);
  const loop = trace.loop === undefined ? {} : { loop: trace.loop };
  return { title, model, servers, states, steps, journeys, ...loop };
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Numbers, strings and model values as they are; others do not occur as servers or values of a picture. */
export function plainText(value: JsonValue): string {
  if (value === null) return 'null';
  if (isArray(value)) return `⟨${value.map(plainText).join(', ')}⟩`;
  if (isObject(value)) return `[${[...value].map(([key, item]) => `${key} ${plainText(item)}`).join(', ')}]`;
  return String(value);
}

/** A function as entries: an object, or an array, which is a function over 1..n. */
export function functionEntries(value: JsonValue | undefined): readonly (readonly [string, JsonValue])[] {
  if (value === undefined || value === null) return [];
  if (isArray(value)) return value.map((item, index) => [String(index + 1), item] as const);
  return isObject(value) ? [...value] : [];
}

/** The value of a function of servers at one of them. */
export function at(value: JsonValue | undefined, server: string): JsonValue | undefined {
  return functionEntries(value).find(([key]) => key === server)?.[1];
}

function isChannel(value: JsonValue | undefined): boolean {
  const outer = functionEntries(value);
  const names = outer.map(([name]) => name).join();
  return (
    outer.length > 1 &&
    outer.every(([, row]) => {
      const inner = functionEntries(row);
      return (
        inner.map(([name]) => name).join() === names &&
        inner.every(
          ([, queue]) =>
            queue !== null && isArray(queue) && queue.every((item) => item !== null && isObject(item)),
        )
      );
    })
  );
}

/** Variables that say who the servers are, where no channel does. */
const BY_SERVER = ['role', 'phase', 'state'];

function serversOf(first: PlainState, channels: readonly string[]): readonly string[] | undefined {
  for (const name of [...channels, ...BY_SERVER]) {
    const entries = functionEntries(first.get(name));
    if (entries.length > 1) return entries.map(([server]) => server);
  }
  return undefined;
}

/** Actions that take the oldest message of a channel, by their names; their parameters are receiver and sender. */
const READS = /^(Receive|Deliver|Handle)/;

interface Waiting {
  readonly message: JsonValue;
  readonly sentAt: number;
}

function journeysOf(
  states: readonly PlainState[],
  steps: readonly Step[],
  channels: readonly string[],
): readonly Journey[] {
  const journeys: Journey[] = [];
  for (const channel of channels) {
    for (const [from, row] of functionEntries(states[0]?.get(channel))) {
      for (const [to, queue] of functionEntries(row)) {
        let waiting: Waiting[] = list(queue).map((message) => ({ message, sentAt: 0 }));
        for (const [index, step] of steps.entries()) {
          const number = index + 1;
          const after = list(at(at(states[number]?.get(channel), from), to));
          const reads = READS.test(step.action) && step.server === to && step.parameters.includes(from);
          const left = leaving(
            waiting.map(({ message }) => message),
            after,
            reads ? 1 : 0,
          );
          for (const [place, { message, sentAt }] of waiting.slice(0, left).entries()) {
            journeys.push({ from, to, message, sentAt, endedAt: number, received: reads && place === 0 });
          }
          const kept = waiting.slice(left);
          waiting = [...kept, ...after.slice(kept.length).map((message) => ({ message, sentAt: number }))];
        }
        journeys.push(...waiting.map((item) => ({ from, to, ...item, received: false })));
      }
    }
  }
  return journeys.sort((a, b) => a.sentAt - b.sentAt);
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return value !== undefined && value !== null && isArray(value) ? value : [];
}

/** How many messages left at the front: the fewest, at least `least`, after which the rest begins what is there now. */
function leaving(before: readonly JsonValue[], after: readonly JsonValue[], least: number): number {
  const texts = after.map(plainText);
  for (let left = Math.min(least, before.length); left < before.length; left++) {
    if (before.slice(left).every((message, index) => plainText(message) === texts[index])) return left;
  }
  return before.length;
}
