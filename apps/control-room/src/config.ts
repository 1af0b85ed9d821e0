import { portSetting, serviceSettings } from '@tripod/shared/config/service-settings';
import type { ConfigOf, Settings } from '@tripod/shared/config/settings';

const text = { type: 'string', minLength: 1, environment: false } as const;
const address = {
  ...text,
  pattern: '^http://[^\\s]+$',
  shape: 'an address that begins with http://',
  placeholder: 'url',
} as const;
const folder = { ...text, path: true, placeholder: 'folder' } as const;

/** Settings of `control-room`. The stack gives them; names such as LAB and TARGET are taken in the environment. */
export const controlRoomSettings = {
  port: { ...portSetting(8089), environment: false },
  lab: { ...text, default: 'gallery', placeholder: 'name', description: 'The name of the lab, for the page' },
  labFolder: { ...folder, description: 'The folder of the lab, whose scenarios can be run' },
  target: {
    ...address,
    default: 'http://localhost:8080',
    description: 'Where the load goes: the load balancer',
  },
  adminUrl: {
    ...address,
    description: 'The admin side of our proxy; without it, policies cannot be changed and copies not drained',
  },
  policies: {
    type: 'array',
    items: { type: 'string' },
    shape: 'a list of names',
    default: [],
    placeholder: 'names',
    environment: false,
    description: 'The policies that the page offers; without any, the policy cannot be changed',
  },
  service: {
    ...text,
    default: 'api',
    placeholder: 'name',
    description: 'The service whose copies the page shows',
  },
  stateDir: {
    ...folder,
    default: '.tripod',
    description: 'The state folder of the stack, which has its control socket',
  },
  page: { ...folder, description: 'The folder of the built page' },
  logFormat: serviceSettings.logFormat,
} as const satisfies Settings;

export type ControlRoomConfig = ConfigOf<typeof controlRoomSettings>;
