import type { reportUpstream } from '../../src/admin/pool-report.ts';
import { type Answer, ask, type Question } from './ask.ts';

export type UpstreamReport = ReturnType<typeof reportUpstream>;

type AdminSide = { readonly adminPort: number };

export const askAdmin = ({ adminPort }: AdminSide, question: Omit<Question, 'port'>): Promise<Answer> =>
  ask({
    ...question,
    port: adminPort,
    headers: { Host: 'localhost', 'Content-Type': 'application/json', ...question.headers },
  });

/** The report of an upstream on the admin side. */
export const reportOf = async (
  proxy: AdminSide,
  { port }: { readonly port: number },
): Promise<UpstreamReport> => {
  const { text } = await askAdmin(proxy, { path: '/pools' });
  const pools = JSON.parse(text) as readonly { readonly upstreams: readonly UpstreamReport[] }[];
  const found = pools.flatMap(({ upstreams }) => upstreams).find(({ id }) => id === `127.0.0.1:${port}`);
  if (!found) throw new Error(`no pool has the upstream 127.0.0.1:${port}`);
  return found;
};

/** The value of a metric without labels. */
export const metricOf = async (proxy: AdminSide, name: string): Promise<number> => {
  const { text } = await askAdmin(proxy, { path: '/metrics' });
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`there is no metric ${name}`);
  return Number(value);
};
