import type { ServerResponse } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import type { RoomMessages } from '../../web/src/wire.ts';
import { roomErrors } from '../errors/room-errors.ts';

const maxPages = 20;
/**
 * A page that has not read this much is cut off; it connects again and gets a snapshot. The largest snapshot, of 16 copies and
 * two hours, has 6 MB.
 */
const maxWaitingBytes = 12_582_912;

export type EventHub = {
  /** Sends the snapshot and then every message to this response, until its connection closes. Throws ROOM_FULL. */
  add(response: ServerResponse): void;
  send<N extends keyof RoomMessages>(name: N, data: RoomMessages[N]): void;
  /** The number of open pages. */
  readonly size: number;
  close(): void;
};

const frame = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/**
 * Creates the list of the pages that are open: event streams (server-sent events). A connection that was lost needs no
 * resuming, because each one begins with a snapshot of all that is kept.
 */
export const createEventHub = (options: {
  readonly snapshot: () => RoomMessages['snapshot'];
  /** Called when the first page has come, and when the last one has gone. */
  readonly onWatched: (isWatched: boolean) => void;
}): EventHub => {
  const pages = new Set<ServerResponse>();
  return {
    add(response) {
      if (pages.size >= maxPages) throw new AppError(roomErrors.ROOM_FULL);
      response.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      });
      pages.add(response);
      response.once('close', () => {
        pages.delete(response);
        if (pages.size === 0) options.onWatched(false);
      });
      response.write(`retry: 2000\n\n${frame('snapshot', options.snapshot())}`);
      if (pages.size === 1) options.onWatched(true);
    },
    send(name, data) {
      const text = frame(name, data);
      for (const page of pages) {
        if (page.writableLength > maxWaitingBytes) page.destroy();
        else page.write(text);
      }
    },
    get size() {
      return pages.size;
    },
    close() {
      for (const page of pages) page.destroy();
    },
  };
};
