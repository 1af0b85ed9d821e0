import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { ClientSocket } from '../../../../src/forwarding/direct/client/client-socket.ts';
import { WriteBatch } from '../../../../src/forwarding/direct/wire/batched-text.ts';

it('a client socket of the direct engine holds one borrowed buffer at most for a client that does not read', async () => {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const reader = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  const [socket] = await accepted;
  try {
    let wakeUp = (): void => undefined;
    const client = new ClientSocket(socket, new WriteBatch(), () => wakeUp());
    // Smaller than the buffer that it stands in, as what one read of an upstream brings often is.
    const piece = Buffer.alloc(10_000, 'x');
    let borrowed = 0;
    let written = 0;
    do {
      borrowed += 1;
      written += piece.length;
      client.writeBoth('', piece, () => {
        borrowed -= 1;
      });
      // The callbacks of writes that the kernel took at once run before the next turn.
      await new Promise((resolve) => setImmediate(resolve));
    } while (!client.isBlocked);
    expect(borrowed).toBe(1);
    let received = 0;
    const all = new Promise<void>((resolve) => {
      reader.on('data', (bytes: Buffer) => {
        received += bytes.length;
        if (received === written) resolve();
      });
    });
    const drained = new Promise<void>((resolve) => {
      wakeUp = resolve;
    });
    reader.resume();
    await Promise.all([all, drained]);
    expect(borrowed).toBe(0);
    expect(client.isBlocked).toBe(false);
  } finally {
    reader.destroy();
    socket.destroy();
    server.close();
    await once(server, 'close');
  }
});
