import type { Scenario, User } from '@tripod/load/scenario';

type Visit = { readonly session_count: number; readonly global_count: number };

const visitPath = { path: '/api/', name: '/api/' };

const readVisit = (body: string): Visit => JSON.parse(body) as Visit;

const lastCounts = new Map<number, number>();

const visit = async (user: User): Promise<void> => {
  user.tally('asked');
  const { status, body } = await user.ask(visitPath);
  if (status !== 200) return;
  const { session_count } = readVisit(body);
  const last = lastCounts.get(user.number);
  lastCounts.set(user.number, session_count);
  user.tally('visits');
  // Each copy counts the same session, whichever of them answers.
  if (last !== undefined && session_count !== last + 1)
    user.fail('the count of a session skipped or repeated a step');
};

const countVisits = async (user: User): Promise<number> =>
  readVisit((await user.ask(visitPath)).body).global_count;

/** Visitors with a session each, whose visits are counted. */
export const scenario: Scenario = {
  title: 'Count visits',
  tasks: [{ name: 'visit', run: visit }],
  prepare: countVisits,
  check: async (user, { visits = 0, asked = 0 }, before) => {
    // The check itself is a visit.
    const counted = (await countVisits(user)) - Number(before) - 1;
    return [
      {
        name: 'the global count grew by every confirmed visit, and by no other',
        // A visit whose answer was lost may have been counted, too.
        holds: counted >= visits && counted <= asked,
        detail: `${visits} confirmed, ${counted} counted`,
        lost: Math.max(0, visits - counted),
        repeated: Math.max(0, counted - asked),
      },
    ];
  },
};
