import { afterEach, describe, expect, it } from '@jest/globals';
import { exchangeRaw, parseRawResponse } from '../src/raw-http.ts';
import { plainResponse, type ScriptedUpstream, startScriptedUpstream } from '../src/scripted-upstream.ts';
import { waitFor } from '../src/wait-for.ts';

let upstream: ScriptedUpstream | undefined;
afterEach(async () => {
  await upstream?.stop();
  upstream = undefined;
});

const start = async (): Promise<ScriptedUpstream> => {
  upstream = await startScriptedUpstream((socket, { number }) =>
    socket.write(plainResponse(`answer ${number}`)),
  );
  return upstream;
};

describe('startScriptedUpstream', () => {
  it('frames requests by length, by last chunk and without a body, on one connection', async () => {
    const { port, requests, received } = await start();
    const bytes = [
      'POST /length HTTP/1.1\r\nContent-Length: 5\r\n\r\n12345',
      'POST /chunked HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      'GET /none HTTP/1.1\r\n\r\n',
    ];
    await exchangeRaw({ port, bytes, until: (text) => text.includes('answer 3') });
    expect(requests.map(({ method, target, connection }) => [method, target, connection])).toEqual([
      ['POST', '/length', 1],
      ['POST', '/chunked', 1],
      ['GET', '/none', 1],
    ]);
    expect(received).toEqual([bytes.join('')]);
  });

  it('answers later requests with the new script, and counts open connections', async () => {
    const one = await start();
    one.setScript((socket) => socket.end(plainResponse('gone', '503 Away', 'X-Extra: 1\r\n')));
    const text = await exchangeRaw({ port: one.port, bytes: 'GET / HTTP/1.1\r\n\r\n' });
    const { status, headers, body } = parseRawResponse(text);
    expect({ status, extra: headers['x-extra'], body }).toEqual({ status: 503, extra: '1', body: 'gone' });
    await waitFor('the connection to be gone', () => one.open === 0);
  });

  it('cuts connections that are open when it stops', async () => {
    const one = await startScriptedUpstream(() => undefined);
    const text = exchangeRaw({ port: one.port, bytes: 'GET / HTTP/1.1\r\n\r\n' });
    await waitFor('the request', () => one.requests.length === 1);
    await one.stop();
    expect(await text).toBe('');
  });
});
