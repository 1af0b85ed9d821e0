import { type Ref, ref } from 'vue';

/** What a form says below its fields. */
export type FormOutcome = {
  /** The result or the reason of the failure, as a sentence; undefined until the form was sent. */
  readonly message: Ref<string | undefined>;
  readonly failed: Ref<boolean>;
  readonly sending: Ref<boolean>;
  /** Runs `send`, which returns the message. Never throws. Does nothing while an earlier call runs. */
  run(send: () => Promise<string>): Promise<void>;
};

export const createFormOutcome = (): FormOutcome => {
  const message = ref<string>();
  const failed = ref(false);
  const sending = ref(false);
  const run = async (send: () => Promise<string>): Promise<void> => {
    if (sending.value) return;
    sending.value = true;
    try {
      message.value = await send();
      failed.value = false;
    } catch (error) {
      message.value = error instanceof Error ? error.message : String(error);
      failed.value = true;
    } finally {
      sending.value = false;
    }
  };
  return { message, failed, sending, run };
};
