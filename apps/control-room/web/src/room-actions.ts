import { type InjectionKey, inject } from 'vue';

export type RoomAction = { readonly action: string; readonly service: string } & Readonly<
  Record<string, string | number>
>;

/** Sends an action to the stack. Rejects with a sentence when it is refused. */
export type Act = (action: RoomAction) => Promise<void>;

export const actKey: InjectionKey<Act> = Symbol('act');

/** Returns the function that the page provides. */
export const useAct = (): Act => {
  const act = inject(actKey);
  if (act === undefined) throw new Error('The page must provide a function for its actions.');
  return act;
};

/** Settings of faults that a person can choose. */
export type FaultSettings = { slowMs: number; blockMs: number; failPercent: number };

type CopyForActions = {
  readonly state: string;
  readonly fault?: string | undefined;
  readonly upstreamState?: string | undefined;
};

export type CopyVerb = { readonly verb: string; readonly hint: string; readonly action: RoomAction };

/**
 * The buttons of a copy by their verbs. A state that can be undone has the verb that undoes it: Resume, Heal, Undrain.
 */
export const verbsOf = (
  service: string,
  { state, fault, upstreamState }: CopyForActions,
  { slowMs, blockMs, failPercent }: FaultSettings,
): readonly CopyVerb[] => [
  { verb: 'Kill', hint: 'Ends the process at once (kill -9)', action: { action: 'kill', service } },
  state === 'paused'
    ? { verb: 'Resume', hint: 'Lets the process run again', action: { action: 'resume', service } }
    : { verb: 'Pause', hint: 'Stops the process without ending it', action: { action: 'pause', service } },
  ...(fault ? [{ verb: 'Heal', hint: 'Removes the faults', action: { action: 'heal', service } }] : []),
  {
    verb: 'Slow',
    hint: `Delays each answer by ${slowMs} ms`,
    action: { action: 'slow', service, delayMs: slowMs },
  },
  {
    verb: 'Block',
    hint: `Blocks its event loop for ${blockMs} ms`,
    action: { action: 'block', service, ms: blockMs },
  },
  { verb: 'Cut', hint: 'Its connections go silent', action: { action: 'cut', service } },
  {
    verb: 'Fail',
    hint: `${failPercent} % of its answers are errors`,
    action: { action: 'fail', service, percent: failPercent },
  },
  upstreamState === 'draining'
    ? { verb: 'Undrain', hint: 'Gives it new requests again', action: { action: 'undrain', service } }
    : { verb: 'Drain', hint: 'Gives it no new requests', action: { action: 'drain', service } },
  { verb: 'Restart', hint: 'Stops it in good order and starts it', action: { action: 'restart', service } },
];
