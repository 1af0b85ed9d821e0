import { createHash } from 'node:crypto';
import { Availability, type AvailabilityState } from '@tripod/database/availability';
import type { Logger } from '@tripod/shared/logging/logger';
import { stateUnavailable } from '../store/state-errors.ts';
import { type ConnectOptions, connectRedis, type RedisConnection, RedisReplyError } from './connect-redis.ts';
import { describeStateAddress } from './parse-state-url.ts';

/** A Lua script, which Redis runs as one step. */
export type RedisScript = { readonly text: string; readonly sha1: string };

export const defineRedisScript = (text: string): RedisScript => ({
  text,
  sha1: createHash('sha1').update(text).digest('hex'),
});

/**
 * The Redis of a server. While it is unavailable, every call fails at once with API_STATE_UNAVAILABLE; the call that
 * detects the loss fails after 700 ms. It recovers by itself.
 */
export type RedisLink = {
  command(args: readonly string[]): Promise<unknown>;
  script(script: RedisScript, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /** Makes the first attempt to connect. Resolves also when Redis is unavailable. */
  start(): Promise<void>;
  /** Undefined when it can be used, otherwise a short reason. */
  reason(): string | undefined;
  close(): Promise<void>;
};

export type RedisLinkOptions = ConnectOptions & {
  readonly logger: Logger;
  /** From 0 up to 1. */
  readonly random: () => number;
};

/** An unresponsive Redis is noticed after this time plus the answer time-out, even without any calls. */
const heartbeatMs = 2000;

/** Replies which mean that Redis can't serve at the moment. Other error replies are caused by the command. */
const unavailableReply = /^(LOADING|OOM|READONLY|BUSY|MISCONF|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|NOAUTH) /;

const translate = (error: unknown): unknown => {
  if (error instanceof RedisReplyError && !unavailableReply.test(error.message)) return error;
  return stateUnavailable(error);
};

const describe = (error: unknown): string => {
  const { code, message, errors } = error as NodeJS.ErrnoException & { readonly errors?: readonly Error[] };
  if (code === 'ECONNREFUSED') return 'connection refused';
  return message || errors?.[0]?.message || code || 'unknown reason';
};

export const createRedisLink = (options: RedisLinkOptions): RedisLink => {
  const { address, logger, clock, random } = options;
  const name = describeStateAddress(address);
  let current: RedisConnection | undefined;
  let announced: AvailabilityState['name'] = 'starting';

  const onChange = (state: AvailabilityState): void => {
    if (state.name === announced) return;
    if (state.name === 'away') {
      logger.warn(`the ${name} is not available: ${describe(state.error)}; retrying`);
    } else logger.info(`the ${name} is ${announced === 'away' ? 'available again' : 'ready'}`);
    announced = state.name;
  };
  const connect = async (): Promise<RedisConnection> => {
    const connection = await connectRedis(options);
    void connection.lost.then((reason) => {
      if (current !== connection) return;
      current = undefined;
      availability.suspect(reason, { away: true });
    });
    return connection;
  };
  const attempt = async (): Promise<void> => {
    current ??= await connect();
    await current.command(['PING']);
  };
  const availability = new Availability({
    attempt,
    isAway: () => true,
    clock,
    random,
    onChange,
    heartbeatMs,
  });
  const command = async (args: readonly string[]): Promise<unknown> => {
    if (current === undefined || availability.state.name !== 'available') throw stateUnavailable();
    try {
      return await current.command(args);
    } catch (error) {
      throw translate(error);
    }
  };
  return {
    command,
    script: async ({ text, sha1 }, keys, args) => {
      const rest = [String(keys.length), ...keys, ...args];
      try {
        return await command(['EVALSHA', sha1, ...rest]);
      } catch (error) {
        if (!(error instanceof RedisReplyError && error.message.startsWith('NOSCRIPT'))) throw error;
        return await command(['EVAL', text, ...rest]);
      }
    },
    start: () => availability.start(),
    reason: () => {
      const { state } = availability;
      if (state.name === 'available') return undefined;
      return state.name === 'starting' ? 'starting' : describe(state.error);
    },
    close: async () => {
      await availability.stop();
      current?.destroy();
    },
  };
};
