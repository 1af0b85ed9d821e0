import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario, User } from '@tripod/load/scenario';

type Counts = {
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
};

const pollMs = 200;
/** The job of a worker that died is taken over within 10 s. */
const maxPolls = 300;

const addJob = async (user: User): Promise<void> => {
  user.tally('asked');
  const json = { job: `count-${user.number}` };
  const { status } = await user.ask({ method: 'POST', path: '/api/jobs', json, status: 201 });
  if (status === 201) user.tally('added');
};

const countJobs = async (user: User): Promise<Counts> =>
  JSON.parse((await user.ask({ path: '/api/jobs' })).body) as Counts;

/** Waits until no job is left, or for 60 s. */
const waitForWorkers = async (user: User): Promise<Counts> => {
  let counts = await countJobs(user);
  for (let polls = 0; polls < maxPolls && counts.waiting + counts.running > 0; polls += 1) {
    await sleep(pollMs);
    counts = await countJobs(user);
  }
  return counts;
};

/** Clients that add jobs; afterwards each of them must have been done once. */
export const scenario: Scenario = {
  title: 'Add jobs for the workers',
  tasks: [{ name: 'add a job', run: addJob }],
  prepare: waitForWorkers,
  check: async (user, { added = 0, asked = 0 }, before) => {
    const { waiting, running, done } = await waitForWorkers(user);
    const finished = done - (before as Counts).done;
    return [
      {
        name: 'every confirmed job is done once',
        holds: finished >= added && finished <= asked,
        detail: `${added} confirmed, ${finished} done, ${waiting + running} left`,
        lost: Math.max(0, added - finished),
        // A job whose answer was lost may have been added, too.
        repeated: Math.max(0, finished - asked),
      },
    ];
  },
};
