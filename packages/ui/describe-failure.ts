/**
 * Says in a sentence why a request was not answered well: the detail or title of its problem (RFC 9457), otherwise its
 * status. `who` is the subject of that sentence, such as `The API`.
 */
export const describeFailure = async (response: Response, who: string): Promise<string> => {
  const fallback = `${who} answered ${response.status}.`;
  try {
    const problem = (await response.json()) as { readonly title?: string; readonly detail?: string };
    return problem.detail ?? problem.title ?? fallback;
  } catch {
    return fallback;
  }
};
