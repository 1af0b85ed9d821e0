import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { type BlockRunner, createBlockRunner } from '../../support/docs/block-runner.ts';
import { describeBlocks } from '../../support/docs/describe-blocks.ts';

// A limit against hanging.
jest.setTimeout(300_000);

type LocustStats = {
  readonly stats: readonly { name: string; num_requests: number; num_failures: number }[];
};

let runner: BlockRunner;
beforeAll(async () => {
  runner = await createBlockRunner();
  // The load file has the port of the page and of the lab as defaults.
  runner.replace(
    'labs/books/locustfile.py',
    'labs/books/locustfile.py --host http://localhost:8080 --web-port 8089',
  );
});
afterAll(() => runner?.stop());

/** Presses "Start swarming", as the page does, and waits until books have been stored and read. */
const swarm = async (): Promise<void> => {
  const page = `http://127.0.0.1:${runner.portOf(8089)}`;
  // Locust says that it starts the page before it listens.
  await waitFor('the page of Locust', () =>
    fetch(page).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  const form = new URLSearchParams({ user_count: '20', spawn_rate: '20' });
  const response = await fetch(`${page}/swarm`, { method: 'POST', body: form });
  expect(await response.json()).toMatchObject({ success: true });
  const stats = await waitFor('Locust to read books', async () => {
    const { stats } = (await (await fetch(`${page}/stats/requests`)).json()) as LocustStats;
    return stats.some(({ name }) => name === 'GET /api/books/ID') && stats;
  });
  expect(stats.filter(({ num_failures }) => num_failures > 0)).toEqual([]);
};

describeBlocks(
  'labs/books/README.md',
  [
    /"message":"ready"/,
    /"name":"proxy"[\s\S]*"name":"api-1"[\s\S]*"name":"api-2"[\s\S]*"name":"postgres"/,
    /HTTP\/1\.1 201 [\s\S]*Location: books\/\d+[\s\S]*"title":"Dom Casmurro"/,
    /HTTP\/1\.1 200 [\s\S]*X-Served-By: api-\d[\s\S]*"title": "Dom Casmurro"/,
    /HTTP\/1\.1 400 [\s\S]*API_BOOK_INVALID[\s\S]*#\/title[\s\S]*#\/isbn/,
    { prints: /Starting web interface at/, check: swarm },
    /api-4: ready[\s\S]*"name":"api-4"/,
    /GET \/api\/books\/ID +\d+ +0\(0\.00%\)[\s\S]*Aggregated +\d+ +0\(0\.00%\)/,
    /"failed":0\b/,
    /stopped/,
  ],
  () => runner,
);
