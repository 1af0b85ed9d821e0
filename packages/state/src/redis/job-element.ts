/** A waiting job as it stands in the Redis list. */
export type JobElement = {
  readonly id: number | undefined;
  readonly name: string;
  readonly failedTries: number;
};

/** Our own jobs are JSON objects: `{"id":7,"job":"resize","failedTries":1}`. */
export const formatJobElement = ({ id, name, failedTries }: JobElement): string =>
  JSON.stringify({ id, job: name, failedTries });

const parseObject = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return (text.startsWith('{') ? (JSON.parse(text) as Readonly<Record<string, unknown>>) : {}) ?? {};
  } catch {
    return {};
  }
};

/** Any other text is the name of a job, which another program pushed: `LPUSH jobs x`. */
export const parseJobElement = (text: string): JobElement => {
  const { id, job, failedTries } = parseObject(text);
  return typeof job === 'string'
    ? {
        id: typeof id === 'number' ? id : undefined,
        name: job,
        failedTries: typeof failedTries === 'number' ? failedTries : 0,
      }
    : { id: undefined, name: text, failedTries: 0 };
};
