import { gunzipSync } from 'node:zlib';
import { describeFailure } from '@tripod/ui/describe-failure';
import { Profile } from 'pprof-format';
import type { RecordedProfile } from '../../web/src/wire.ts';

type FlameNode = { readonly name: string; value: number; readonly children: Map<string, FlameNode> };
type PlainNode = RecordedProfile['root'];

const createNode = (name: string): FlameNode => ({ name, value: 0, children: new Map() });

const toPlain = ({ name, value, children }: FlameNode): PlainNode => ({
  name,
  value,
  children: [...children.values()].map(toPlain),
});

/** Adds up the stacks of a profile into one tree, from the outermost function to the innermost. */
export const toFlameTree = (gzipped: Buffer): PlainNode => {
  const { sample, location, function: functions, stringTable } = Profile.decode(gunzipSync(gzipped));
  const nameOf = new Map(
    functions.map(({ id, name }) => [Number(id), stringTable.strings[Number(name)] || '(anonymous)']),
  );
  const frameOf = new Map(
    location.map(({ id, line }) => [Number(id), nameOf.get(Number(line[0]?.functionId)) ?? '(unknown)']),
  );
  const root = createNode('all');
  for (const { locationId, value } of sample) {
    // The last value type is what the profile is about: processor time.
    const weight = Number(value.at(-1) ?? 0);
    let node = root;
    node.value += weight;
    for (const id of [...locationId].reverse()) {
      const name = frameOf.get(Number(id)) ?? '(unknown)';
      const child = node.children.get(name) ?? createNode(name);
      node.children.set(name, child);
      child.value += weight;
      node = child;
    }
  }
  return toPlain(root);
};

/** What a process may take to answer after the recording. */
const graceMs = 10_000;

/** Asks a process for a profile of its processor time. Rejects with a sentence. */
export const takeProfile = async (port: number, seconds: number, signal: AbortSignal): Promise<Buffer> => {
  const response = await fetch(`http://127.0.0.1:${port}/debug/pprof/profile?seconds=${seconds}`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000 + graceMs)]),
  });
  if (response.ok) return Buffer.from(await response.arrayBuffer());
  throw new Error(await describeFailure(response, 'The process'));
};
