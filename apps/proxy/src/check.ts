import type { CliContext } from '@tripod/shared/process/run-cli';
import { type ProxySettings, parseProxyConfig } from './config.ts';
import { loadCertificate } from './edge/certificates.ts';

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `proxy check`: the settings have been checked when they are read, so this says what they describe. */
export const checkProxyConfig = async (
  settings: ProxySettings,
  { print, source }: Pick<CliContext, 'print'> & { readonly source: { readonly file: string | undefined } },
): Promise<void> => {
  const { routes, redirects, certificates } = parseProxyConfig(settings);
  for (const files of certificates) loadCertificate(files);
  const pools = new Map(routes.map(({ pool }) => [pool.name, pool.upstreams.length]));
  const upstreams = [...pools.values()].reduce((sum, count) => sum + count, 0);
  const parts = [
    counted(routes.length + redirects.length, 'route'),
    counted(pools.size, 'pool'),
    counted(upstreams, 'upstream'),
  ];
  print(`${source.file ?? 'the configuration'} is valid: ${parts.join(', ')}`);
};
