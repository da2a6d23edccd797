export { formatPath, TraceError, type JsonPath, type TraceErrorCode, type TracePlace } from './errors.ts';
export { readTraceFile, writeTextFile, type TraceFile } from './files.ts';
export { readItf, writeItf } from './itf.ts';
export { readItfValue, withoutModels, writeItfValue } from './itf-value.ts';
export {
  isArray,
  isObject,
  parseJson,
  writeJson,
  type JsonLimits,
  type JsonObject,
  type JsonValue,
} from './json.ts';
export { parsePrinted, printValue } from './printed.ts';
export { DEFAULT_LIMITS, TraceSource, type ReadLimits, type ReadOptions } from './source.ts';
export { readTlc, writeTlc } from './tlc.ts';
export {
  isStuttering,
  type ActionPlace,
  type Trace,
  type TraceAction,
  type TraceState,
  type UntypedTrace,
} from './trace.ts';
export { typeTrace, type Behaviours } from './typing.ts';
export { firstDifference, fromTyped, matches } from './untyped.ts';
export {
  bool,
  compareValues,
  equalInTla,
  int,
  map,
  model,
  record,
  sequence,
  set,
  string,
  tuple,
  unserializable,
  type MapEntry,
  type TraceValue,
} from './value.ts';
