import { onBeforeUnmount, type Ref, ref, watch } from 'vue';

export type Poll = {
  /** The message of the last attempt if it failed, otherwise undefined. */
  readonly error: Ref<string | undefined>;
  readonly paused: Ref<boolean>;
  /** Polls at once, also while paused. The next interval begins when the answer is there. */
  pollNow(): Promise<void>;
};

/**
 * Calls `load` at once and then at an interval of seconds, one call at a time, until the component is unmounted. A
 * failed call does not end the poll.
 */
export const createPoll = (load: () => Promise<void>, intervalSeconds: Readonly<Ref<number>>): Poll => {
  const error = ref<string>();
  const paused = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;

  const schedule = (): void => {
    clearTimeout(timer);
    if (!paused.value) timer = setTimeout(() => void pollNow(), intervalSeconds.value * 1000);
  };
  const attempt = async (): Promise<void> => {
    try {
      await load();
      error.value = undefined;
    } catch (caught) {
      error.value = caught instanceof Error ? caught.message : String(caught);
    }
  };
  const pollNow = (): Promise<void> => {
    clearTimeout(timer);
    running ??= attempt().finally(() => {
      running = undefined;
      schedule();
    });
    return running;
  };

  watch([paused, intervalSeconds], schedule);
  onBeforeUnmount(() => {
    paused.value = true;
    clearTimeout(timer);
  });
  void pollNow();
  return { error, paused, pollNow };
};
