import { type Ref, ref } from 'vue';

/** What a button or form says beside itself. */
export type FormOutcome = {
  /** Why the last attempt failed, as a sentence; undefined while nothing failed. */
  readonly problem: Ref<string | undefined>;
  /** The name of what is being sent. */
  readonly sending: Ref<string | undefined>;
  /** Runs `send` and keeps the reason of its failure. Returns whether it succeeded; false while another one runs. */
  run(name: string, send: () => Promise<unknown>): Promise<boolean>;
};

export const createFormOutcome = (): FormOutcome => {
  const problem = ref<string>();
  const sending = ref<string>();
  const run = async (name: string, send: () => Promise<unknown>): Promise<boolean> => {
    if (sending.value !== undefined) return false;
    sending.value = name;
    problem.value = undefined;
    try {
      await send();
      return true;
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
      return false;
    } finally {
      sending.value = undefined;
    }
  };
  return { problem, sending, run };
};
