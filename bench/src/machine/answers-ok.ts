/** A stopped process accepts the connection and never responds. */
const answerWithinMs = 5000;

/** Whether the URL answers 2xx within 5 s. */
export const answersOk = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url, {
      headers: { Connection: 'close' },
      signal: AbortSignal.timeout(answerWithinMs),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
};
