import type { Settings } from '@tripod/shared/config/settings';
import { up } from './commands/up.ts';
import { services } from './services.ts';

/** The settings of `stack up` with all services, for the documentation. */
export const upSettings = (checkout: string): Settings => up.settings?.({ checkout, services }) ?? {};
