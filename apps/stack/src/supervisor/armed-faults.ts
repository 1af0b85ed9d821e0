import type { Clock, Timer } from '@tripod/shared/async/clock';

/** `pause`: SIGSTOP. */
export type FaultKind = 'pause';

/** A fault that a person arms in a process. */
export type Fault = {
  readonly kind: FaultKind;
  /** In words, as `ps` shows it: `paused`, `slow, 200 ms`. */
  readonly description: string;
  /** Undoes it. */
  readonly heal: () => void;
};

/** The faults that are armed in one process, at most one of each kind. */
export type ArmedFaults = {
  /** All armed faults in words; undefined while there are none. */
  readonly description: string | undefined;
  has(kind: FaultKind): boolean;
  /** Arms a fault in place of one of the same kind. With `forMs` it heals by itself after that time. */
  arm(fault: Fault, forMs?: number): void;
  /** Undoes the faults, or those of one kind, and returns their descriptions. */
  heal(kind?: FaultKind): readonly string[];
  /** Forgets the faults of a process that has ended. */
  forget(): void;
};

export type ArmedFaultsOptions = {
  readonly clock: Clock;
  readonly onArmed: (description: string) => void;
  readonly onHealed: (description: string) => void;
};

export const createArmedFaults = ({ clock, onArmed, onHealed }: ArmedFaultsOptions): ArmedFaults => {
  const armed = new Map<FaultKind, { readonly fault: Fault; readonly timer: Timer | undefined }>();
  const remove = (kind: FaultKind): Fault | undefined => {
    const { fault, timer } = armed.get(kind) ?? {};
    timer?.cancel();
    armed.delete(kind);
    return fault;
  };
  const heal = (kind: FaultKind): readonly string[] => {
    const fault = remove(kind);
    if (!fault) return [];
    fault.heal();
    onHealed(fault.description);
    return [fault.description];
  };
  return {
    get description() {
      if (armed.size === 0) return undefined;
      return [...armed.values()].map(({ fault }) => fault.description).join('; ');
    },
    has: (kind) => armed.has(kind),
    arm(fault, forMs) {
      remove(fault.kind);
      const timer = forMs === undefined ? undefined : clock.after(forMs, () => heal(fault.kind));
      armed.set(fault.kind, { fault, timer });
      onArmed(fault.description);
    },
    heal: (kind) => (kind === undefined ? [...armed.keys()] : [kind]).flatMap(heal),
    forget() {
      for (const kind of [...armed.keys()]) remove(kind);
    },
  };
};
