import { methodNotAllowed } from '@tripod/shared/http/not-found';
import express, { type Router } from 'express';

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Proxy status</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/status.css">
<script type="module" src="/status.js"></script>
</head>
<body>
<header><h1>Proxy status</h1><p id="state" role="status">Loading …</p></header>
<main>
<form id="access" hidden>
<label for="token">Token of the admin side</label>
<input id="token" type="password" autocomplete="off" required>
<button>Use it</button>
</form>
<p><button id="reload" type="button">Reload the configuration</button></p>
<div id="pools"></div>
</main>
</body>
</html>
`;

const style = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 1rem auto; max-width: 70rem; padding: 0 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { font-weight: bold; text-align: left; padding: .5rem 0; }
th, td { border-bottom: 1px solid; padding: .25rem .75rem .25rem 0; text-align: left; white-space: nowrap; }
td.number, th.number { text-align: right; }
button { font: inherit; padding: .25rem .75rem; }
`;

// Cells are updated in place, so that the focus stays where it is.
const script = `const element = (id) => document.getElementById(id);
let token = '';
const rows = new Map();
const say = (text) => { if (element('state').textContent !== text) element('state').textContent = text; };
const send = async (path, method = 'GET', body = undefined) => {
  const headers = { ...(token && { Authorization: 'Bearer ' + token }), ...(body && { 'Content-Type': 'application/json' }) };
  const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  if (response.status === 401) element('access').hidden = false;
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.errors?.map(({ detail }) => detail).join('; ') || answer.detail || answer.title);
  return answer;
};
const act = async (path, method, body, done) => {
  try { await send(path, method, body); await show(); say(done); } catch (error) { say(error.message); }
};
const columns = [
  ['Upstream', ({ id }) => id], ['State', ({ state, reason }) => (reason ? state + ': ' + reason : state)],
  ['Weight', ({ weight }) => weight, 1], ['In flight', ({ inFlight }) => inFlight, 1],
  ['Requests/s', (now, rate) => rate('requests'), 1], ['Failures/s', (now, rate) => rate('failures'), 1],
  ['p50 ms', ({ latencyMs }) => latencyMs.last10s.p50 ?? '–', 1], ['p99 ms', ({ latencyMs }) => latencyMs.last10s.p99 ?? '–', 1],
];
const add = (parent, name, text = '', more = {}) => Object.assign(parent.appendChild(document.createElement(name)), { textContent: text }, more);
const createTable = (pool) => {
  const table = add(add(element('pools'), 'div', '', { className: 'scroll' }), 'table');
  add(table, 'caption', pool);
  const head = add(add(table, 'thead'), 'tr');
  for (const [name, , number] of columns) add(head, 'th', name, { scope: 'col', className: number ? 'number' : '' });
  add(head, 'th', 'Actions', { scope: 'col' });
  return { body: add(table, 'tbody'), table };
};
const tables = new Map();
const createRow = (pool, id) => {
  const row = add(tables.get(pool).body, 'tr');
  const cells = columns.map(([, , number], index) => add(row, index ? 'td' : 'th', '', index ? { className: number ? 'number' : '' } : { scope: 'row' }));
  const actions = add(row, 'td');
  const path = '/pools/' + encodeURIComponent(pool) + '/upstreams/' + encodeURIComponent(id);
  const known = { row, cells, last: undefined, atMs: 0 };
  known.drain = add(actions, 'button', '', { type: 'button', onclick: () => act(path, 'PATCH', { draining: !known.last.draining }, id + ' is changed') });
  known.enable = add(actions, 'button', '', { type: 'button', onclick: () => act(path, 'PATCH', { enabled: !known.last.enabled }, id + ' is changed') });
  return known;
};
const label = (button, text, id) => { if (button.textContent !== text) { button.textContent = text; button.setAttribute('aria-label', text + ' ' + id); } };
const showUpstream = (pool, now, seen) => {
  const key = pool + ' ' + now.id;
  seen.add(key);
  if (!rows.has(key)) rows.set(key, createRow(pool, now.id));
  const known = rows.get(key);
  const nowMs = performance.now();
  const rate = (name) => (known.last ? ((now[name] - known.last[name]) / ((nowMs - known.atMs) / 1000)).toFixed(1) : '–');
  columns.forEach(([, read], index) => { known.cells[index].textContent = read(now, rate); });
  label(known.drain, now.draining ? 'Stop draining' : 'Drain', now.id);
  label(known.enable, now.enabled ? 'Disable' : 'Enable', now.id);
  Object.assign(known, { last: now, atMs: nowMs });
};
const show = async () => {
  const pools = await send('/pools');
  const seen = new Set();
  for (const { name, policy, upstreams } of pools) {
    if (!tables.has(name)) tables.set(name, createTable(name + ' (' + policy + ')'));
    for (const upstream of upstreams) showUpstream(name, upstream, seen);
  }
  for (const [key, { row }] of rows) if (!seen.has(key)) { row.remove(); rows.delete(key); }
  const all = pools.flatMap(({ upstreams }) => upstreams);
  say(all.filter(({ state }) => state === 'available').length + ' of ' + all.length + ' upstreams are available');
};
const repeat = async () => {
  try { await show(); } catch (error) { say(error.message); }
  setTimeout(repeat, 2000);
};
element('access').onsubmit = (event) => { event.preventDefault(); token = element('token').value; element('access').hidden = true; act('/pools', 'GET', undefined, 'The token is used'); };
element('reload').onclick = () => act('/config/reload', 'POST', undefined, 'The configuration is reloaded');
await repeat();
`;

const files = [
  ['/', 'text/html; charset=utf-8', page],
  ['/status.css', 'text/css; charset=utf-8', style],
  ['/status.js', 'text/javascript; charset=utf-8', script],
] as const;

/**
 * The status page at `/`: pools, states, rates, and buttons to drain and disable upstreams. It holds no data itself
 * and so needs no token; what it shows comes from `/pools`.
 */
export const createStatusPage = (): Router => {
  const router = express.Router();
  for (const [path, type, text] of files) {
    router
      .route(path)
      .get((_request, response) => {
        response.set({
          'Content-Type': type,
          'Content-Security-Policy':
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          'X-Content-Type-Options': 'nosniff',
          'Referrer-Policy': 'no-referrer',
        });
        response.send(text);
      })
      .all(methodNotAllowed(['GET', 'HEAD']));
  }
  return router;
};
