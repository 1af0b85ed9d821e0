/** One that was stopped takes the connection and says nothing. */
const answerWithinMs = 5000;

/** Whether that address answers 2xx within 5 s. */
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
