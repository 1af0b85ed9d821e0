/** What decides how a copy is shown. */
export type StatedCopy = {
  readonly state: string;
  readonly fault?: string | undefined;
  readonly upstreamState?: string | undefined;
  readonly upstreamReason?: string | undefined;
};

/** Good: takes requests. Warn: degraded or on its way. Fail: takes none because something broke. */
export type Tone = 'good' | 'warn' | 'fail';

export type ShownState = { readonly tone: Tone; readonly text: string };

const processTones: Readonly<Record<string, Tone>> = {
  starting: 'warn',
  stopping: 'warn',
  paused: 'warn',
  stopped: 'warn',
  restarting: 'fail',
  killed: 'fail',
  failed: 'fail',
};

const upstreamTones: Readonly<Record<string, Tone>> = {
  ejected: 'fail',
  unhealthy: 'fail',
  draining: 'warn',
  full: 'warn',
};

/** Returns the state of a copy in words, the process first, then what the load balancer and the faults say. */
export const showState = ({ state, fault, upstreamState, upstreamReason }: StatedCopy): ShownState => {
  const ofProcess = processTones[state];
  const ofUpstream = upstreamTones[upstreamState ?? ''];
  const words = [
    ...(ofProcess ? [state] : []),
    ...(ofUpstream
      ? [upstreamReason && !ofProcess ? `${upstreamState}: ${upstreamReason}` : (upstreamState ?? '')]
      : []),
    ...(fault ? [fault] : []),
  ];
  const tones = [ofProcess, ofUpstream, fault ? 'warn' : undefined];
  if (words.length === 0) return { tone: 'good', text: state === 'ready' ? 'healthy' : state };
  return { tone: tones.includes('fail') ? 'fail' : 'warn', text: words.join(', ') };
};
