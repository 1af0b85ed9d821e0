import type { Clock, Timer } from '@tripod/shared/async/clock';
import type { InjectedFaultKind } from '@tripod/shared/faults/fault';

/** `pause`: SIGSTOP. The others are injected by the process itself. */
export type FaultKind = 'pause' | InjectedFaultKind;

/** A fault that a person arms in a process. */
export type Fault = {
  readonly kind: FaultKind;
  /** In words, as `ps` shows it: `paused`, `slow, 200 ms`. */
  readonly description: string;
  /** Undoes it. Undefined for a fault that ends by itself only. */
  readonly heal: (() => void | Promise<void>) | undefined;
};

/** The faults that are armed in one process, at most one of each kind. */
export type ArmedFaults = {
  /** All armed faults in words; undefined while there are none. */
  readonly description: string | undefined;
  has(kind: FaultKind): boolean;
  /** Arms a fault in place of one of the same kind. With `forMs` it heals by itself after that time. */
  arm(fault: Fault, forMs?: number): void;
  /**
   * Begins to undo the faults, or those of one kind, at once, and returns the descriptions of those that it has undone.
   * Throws a StartError when the process does not answer.
   */
  heal(kind?: FaultKind): Promise<readonly string[]>;
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
  const end = (kind: FaultKind): void => {
    const fault = remove(kind);
    if (fault) onHealed(fault.description);
  };
  const heal = async (kind: FaultKind): Promise<readonly string[]> => {
    const { fault } = armed.get(kind) ?? {};
    if (!fault?.heal) return [];
    end(kind);
    await fault.heal();
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
      const onTimer = (): void => {
        end(fault.kind);
        // A process that does not answer is reported by `ps`, and healed by its restart.
        Promise.resolve(fault.heal?.()).catch(() => undefined);
      };
      const timer = forMs === undefined ? undefined : clock.after(forMs, onTimer);
      armed.set(fault.kind, { fault, timer });
      onArmed(fault.description);
    },
    heal: async (kind) =>
      (await Promise.all((kind === undefined ? [...armed.keys()] : [kind]).map(heal))).flat(),
    forget() {
      for (const kind of [...armed.keys()]) remove(kind);
    },
  };
};
