/**
 * The resources of the labs as the manuals of Express, knex and node-redis show them, one statement for each request:
 * `stock-labs.ts PORT [REDIS]`, with DATABASE_URL and NODE_ENV=production. It works on the tables of the API; with the
 * address of a Redis, the counters are there.
 */
import { randomUUID } from 'node:crypto';
import cors from 'cors';
import express, { type Request } from 'express';
import createKnex from 'knex';
import { createClient } from 'redis';

const knex = createKnex({
  client: 'pg',
  connection: process.env['DATABASE_URL'] ?? '',
  pool: { min: 2, max: 10 },
});
const redisUrl = process.argv[3];
const redis = redisUrl === undefined ? undefined : createClient({ url: redisUrl });
await redis?.connect();

const app = express();
app.disable('x-powered-by');
app.use(cors());
app.use(express.json());

app.get('/posts', async (_request, response) => {
  response.json(await knex('posts').orderBy('id', 'desc').limit(20));
});
app.post('/posts', async (request, response) => {
  const { title, body } = request.body as { readonly title?: unknown; readonly body?: unknown };
  if (typeof title !== 'string' || typeof body !== 'string') {
    response.status(400).json({ error: 'title and body are required' });
    return;
  }
  const [post] = await knex('posts').insert({ title, body }).returning('*');
  response.status(201).location(`posts/${post.id}`).json(post);
});

const personColumns = ['id', 'apelido', 'nome', knex.raw('nascimento::text'), 'stack'];
app.post('/pessoas', async (request, response) => {
  const { apelido, nome, nascimento, stack = null } = request.body as Readonly<Record<string, unknown>>;
  if (typeof apelido !== 'string' || typeof nome !== 'string' || typeof nascimento !== 'string') {
    response.status(422).end();
    return;
  }
  const id = randomUUID();
  const search = [apelido, nome, ...((stack as string[] | null) ?? [])].join('\n').toLowerCase();
  try {
    await knex('people').insert({ id, apelido, nome, nascimento, stack: JSON.stringify(stack), search });
  } catch (error) {
    if ((error as { readonly code?: string }).code !== '23505') throw error;
    response.status(422).end();
    return;
  }
  response.status(201).location(`/pessoas/${id}`).json({ id, apelido, nome, nascimento, stack });
});
app.get('/pessoas', async (request, response) => {
  const { t } = request.query;
  if (typeof t !== 'string' || t === '') {
    response.status(400).end();
    return;
  }
  const pattern = `%${t.toLowerCase()}%`;
  response.json(await knex('people').select(personColumns).where('search', 'like', pattern).limit(50));
});

const sessionOf = ({ headers }: Request): string =>
  /(?:^|; )sid=([\w-]{36})/.exec(headers.cookie ?? '')?.[1] ?? randomUUID();
const countInPostgres = async (id: string): Promise<readonly [session: number, global: number]> => {
  const { rows } = await knex.raw(
    `with counted as (
      insert into visit_sessions (id, visits, expires_at) values (?, 1, now() + interval '12 hours')
      on conflict (id) do update set visits = visit_sessions.visits + 1 returning visits
    ), total as (update visit_total set visits = visits + 1 returning visits)
    select counted.visits::int as session, total.visits::int as global from counted, total`,
    [id],
  );
  return [rows[0].session, rows[0].global];
};
app.get('/', async (request, response) => {
  const id = sessionOf(request);
  const [session, global] = redis
    ? await Promise.all([redis.incr(`session:${id}`), redis.incr('total')])
    : await countInPostgres(id);
  response.set('Cache-Control', 'no-store').cookie('sid', id, { httpOnly: true });
  response.json({ served_by: 'stock', session_id: id, session_count: session, global_count: global });
});
app.get('/livez', (_request, response) => {
  response.end();
});

const server = app.listen(Number(process.argv[2]), '127.0.0.1');
// Longer than the idle time-outs of load balancers, which close their side first.
server.keepAliveTimeout = 65_000;
process.once('SIGTERM', () => process.exit(0));
