import { onBeforeUnmount, type Ref, ref, watch } from 'vue';

export type Poll = {
  /** What the last failed attempt said; undefined while attempts succeed. */
  readonly error: Ref<string | undefined>;
  readonly paused: Ref<boolean>;
  /** Asks at once, and from then on at the interval again. */
  askNow(): Promise<void>;
};

/** Calls `ask` at an interval of seconds, one call at a time, until the component is gone. Failures keep it going. */
export const createPoll = (ask: () => Promise<void>, intervalSeconds: Ref<number>): Poll => {
  const error = ref<string>();
  const paused = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;

  const schedule = (): void => {
    clearTimeout(timer);
    if (!paused.value) timer = setTimeout(() => void askNow(), intervalSeconds.value * 1000);
  };
  const attempt = async (): Promise<void> => {
    try {
      await ask();
      error.value = undefined;
    } catch (caught) {
      error.value = caught instanceof Error ? caught.message : String(caught);
    }
  };
  const askNow = (): Promise<void> => {
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
  void askNow();
  return { error, paused, askNow };
};
