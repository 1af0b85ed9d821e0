import { stateMigrations } from '@tripod/state/postgres/state-migrations';
import { sessionLifetimeMs } from '@tripod/state/store/state-store';
import type { ResourceDefinition } from '../resource/define-resource.ts';
import type { Operation } from '../resource/operation.ts';
import { stateWriteFailures } from '../resource/state-failures.ts';

const countSchema = { type: 'integer', minimum: 1 } as const;

export const visitSchema = {
  type: 'object',
  required: ['served_by', 'session_id', 'session_count', 'global_count'],
  additionalProperties: false,
  properties: {
    served_by: { type: ['string', 'null'], description: 'The copy; null with --no-served-by' },
    session_id: { type: 'string', format: 'uuid' },
    session_count: countSchema,
    global_count: countSchema,
  },
} as const;

/** No Domain: only the host that set it gets it back. Scripts can't read it. */
const sessionCookie = (sessionId: string): string =>
  `sid=${sessionId}; Max-Age=${sessionLifetimeMs / 1000}; Path=/; HttpOnly; SameSite=Lax`;

/** The counters of the sessions lab: `/`. */
export const visits: ResourceDefinition = {
  name: 'visits',
  summary: 'Counts visits, for each session and for all.',
  errors: {},
  schemas: { Visit: visitSchema },
  migrations: { folder: stateMigrations.visits },
  create: ({ state, servedBy }) => {
    const countVisit: Operation = {
      name: 'countVisit',
      method: 'GET',
      path: '/',
      summary: 'Counts a visit',
      description:
        'The session is that of the cookie `sid`. Any value that this API did not issue gets a new session.',
      cache: 'no-store',
      responses: {
        200: {
          description: 'The numbers of this visit',
          schema: visitSchema,
          headers: { 'Set-Cookie': { description: 'The session, for another 12 hours', required: true } },
        },
      },
      errors: stateWriteFailures,
      async handle({ cookies }) {
        const { sessionId, sessionCount, globalCount } = await state.visits.visit(cookies['sid']);
        return {
          headers: { 'Set-Cookie': sessionCookie(sessionId) },
          json: {
            served_by: servedBy() ?? null,
            session_id: sessionId,
            session_count: sessionCount,
            global_count: globalCount,
          },
        };
      },
    };
    return { operations: [countVisit] };
  },
};
