import { apiServerSettings } from '@tripod/api-server/config';
import { proxySettings } from '@tripod/proxy/config';
import type { Settings } from '@tripod/shared/config/settings';
import { upSettings } from '@tripod/stack/settings';
import { staticServerSettings } from '@tripod/static-server/config';

/** A command and the settings that it takes, as docs/configuration.md shows them. */
export type DocumentedService = {
  /** What a person types after `pnpm`. */
  readonly command: string;
  readonly about: string;
  readonly settings: Settings;
};

export const documentedServices: readonly DocumentedService[] = [
  { command: 'proxy', about: 'The reverse proxy and load balancer.', settings: proxySettings },
  { command: 'api-server', about: 'One copy of the API on Postgres.', settings: apiServerSettings },
  { command: 'static-server', about: 'The server of files.', settings: staticServerSettings },
  { command: 'dev', about: 'The whole stack; the same as `pnpm stack up`.', settings: upSettings('.') },
];
