import { waitFor } from '@tripod/testing/wait-for';
import type { ProxyProcess } from './spawn-proxy.ts';

/** For `spawnProxy`: opens the inspector on a free loopback port, which `retainedBytes` uses. */
export const inspected = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/**
 * The bytes of heap and buffers that a process retains. Garbage is collected first, so that the figure does not depend
 * on when V8 does it. The process must have been started with the variables `inspected`.
 */
export const retainedBytes = async (proxy: ProxyProcess): Promise<number> => {
  const url = await waitFor(
    'the inspector to listen',
    () => /Debugger listening on (ws:\S+)/.exec(proxy.stderr())?.[1],
  );
  const socket = new WebSocket(url);
  const ask = (id: number, method: string, params = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      socket.addEventListener('message', ({ data }) => {
        if (JSON.parse(String(data)).id === id) resolve(String(data));
      });
      socket.addEventListener('close', () => reject(new Error('the inspector closed the connection')));
      socket.send(JSON.stringify({ id, method, params }));
    });
  try {
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error(`no inspector answers at ${url}`)));
    });
    await ask(1, 'HeapProfiler.collectGarbage');
    const expression = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())';
    const answer = await ask(2, 'Runtime.evaluate', { expression, returnByValue: true });
    return JSON.parse(answer).result.result.value;
  } finally {
    socket.close();
  }
};
