/**
 * The stock API: the same API as written from the manuals of Express and knex, without optimizations. `stock-api.ts
 * PORT`, with DATABASE_URL and NODE_ENV=production.
 */
import cors from 'cors';
import express from 'express';
import createKnex from 'knex';

type Image = { readonly title: string; readonly alt_text: string; readonly url: string };

const columns = ['title', 'alt_text', 'url'] as const;

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

const isImage = (body: unknown): body is Image =>
  typeof body === 'object' && body !== null && columns.every((name) => isText(Reflect.get(body, name)));

const knex = createKnex({
  client: 'pg',
  connection: process.env['DATABASE_URL'] ?? '',
  pool: { min: 2, max: 10 },
});
const app = express();
app.disable('x-powered-by');
app.use(cors());
app.use(express.json());

app.get('/images.json', async (_request, response) => {
  response.json(await knex('images').select(columns).orderBy('id'));
});

app.post('/images.json', async (request, response) => {
  const body: unknown = request.body;
  if (!isImage(body)) {
    response.status(400).json({ error: 'title, alt_text and url are required' });
    return;
  }
  const { title, alt_text, url } = body;
  const [created] = await knex('images').insert({ title, alt_text, url }).returning(columns);
  response.json(created);
});

const server = app.listen(Number(process.argv[2]), '127.0.0.1');
// The usual keep-alive time behind a load balancer.
server.keepAliveTimeout = 65_000;
process.once('SIGTERM', () => process.exit(0));
