import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import {
  Line,
  Location,
  Function as PprofFunction,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';

/** A function as V8 names it: `lineNumber` counts from 0, `url` is a file URL or empty. */
export type CallFrame = { readonly functionName: string; readonly url: string; readonly lineNumber: number };

/** One measured stack. `frames` begins at the innermost function; `line` counts from 1. */
export type MeasuredStack = {
  readonly frames: readonly (CallFrame & { readonly line: number })[];
  readonly values: readonly number[];
};

export type PprofOptions = {
  /** What the values of each stack are, for example `['samples', 'count']`; the last one is shown by default. */
  readonly valueTypes: readonly (readonly [type: string, unit: string])[];
  readonly stacks: readonly MeasuredStack[];
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** The distance of two samples, in the unit of the last value type. */
  readonly period: number;
};

const pathOf = (url: string): string => (url.startsWith('file:') ? fileURLToPath(url) : url);

/** Encodes stacks as a gzipped profile.proto, the format of `go tool pprof` (google/pprof, proto/profile.proto). */
export const encodePprof = (options: PprofOptions): Buffer => {
  const { valueTypes, stacks, startedAtMs, durationMs, period } = options;
  const stringTable = new StringTable();
  const text = (value: string): number => stringTable.dedup(value);
  const functions = new Map<string, PprofFunction>();
  const locations = new Map<string, Location>();

  const functionOf = ({ functionName, url, lineNumber }: CallFrame): PprofFunction => {
    const key = `${functionName}\n${url}\n${lineNumber}`;
    const known = functions.get(key);
    if (known) return known;
    const name = text(functionName === '' ? '(anonymous)' : functionName);
    const made = new PprofFunction({
      id: functions.size + 1,
      name,
      systemName: name,
      filename: text(pathOf(url)),
      startLine: lineNumber + 1,
    });
    functions.set(key, made);
    return made;
  };
  const locationOf = (frame: CallFrame & { readonly line: number }): number => {
    const { id } = functionOf(frame);
    const key = `${id}:${frame.line}`;
    const known = locations.get(key);
    if (known) return Number(known.id);
    const made = new Location({
      id: locations.size + 1,
      line: [new Line({ functionId: id, line: frame.line })],
    });
    locations.set(key, made);
    return Number(made.id);
  };

  const sample = stacks.map(
    ({ frames, values }) => new Sample({ locationId: frames.map(locationOf), value: [...values] }),
  );
  const sampleType = valueTypes.map(([type, unit]) => new ValueType({ type: text(type), unit: text(unit) }));
  const profile = new Profile({
    sampleType,
    sample,
    location: [...locations.values()],
    function: [...functions.values()],
    stringTable,
    timeNanos: BigInt(Math.round(startedAtMs)) * 1_000_000n,
    durationNanos: BigInt(Math.round(durationMs * 1e6)),
    ...(sampleType.at(-1) === undefined ? {} : { periodType: sampleType.at(-1) as ValueType }),
    period,
  });
  return gzipSync(profile.encode());
};
