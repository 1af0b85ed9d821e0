import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readNodeScript } from '@tripod/testing/read-node-script';
import { createServiceCommands, type NodeCommand } from '../../src/supervisor/service-commands.ts';

const checkout = join(import.meta.dirname, '../../../..');

describe('createServiceCommands', () => {
  it.each(['api-server', 'static-server', 'proxy'])('starts node as the script of the %s does', (name) => {
    const services = createServiceCommands(checkout);
    const proxied = { engine: 'direct', policy: 'round-robin', apiPorts: [8081], staticPort: 8082 };
    const commands: Readonly<Record<string, NodeCommand>> = {
      'api-server': services.apiServer({ name: 'api-1', port: 8081 }),
      'static-server': services.staticServer({ path: 'site', port: 8082 }),
      proxy: services.proxy({ host: 'localhost', port: 8080, adminPort: 9901, ...proxied }),
    };
    const { options = [], file = '' } = commands[name] ?? {};
    expect([...options, file]).toEqual(readNodeScript(checkout, name));
  });
});
