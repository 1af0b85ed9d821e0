import { ConfigError } from '@tripod/shared/config/config-error';
import type { MountedResource, ResourceDefinition } from '../resource/define-resource.ts';
import { createBodyCheck } from '../resource/validate.ts';

/** So many rows of a resource. */
export type SeedOrder = { readonly resource: string; readonly rows: number };

/** Reads `posts=10000`. Throws a ConfigError that lists every operand that is wrong. */
export const parseSeedOrders = (
  operands: readonly string[],
  definitions: readonly ResourceDefinition[],
): readonly SeedOrder[] => {
  const names = definitions.filter(({ demo }) => demo !== undefined).map(({ name }) => name);
  const orders = operands.map((operand) => {
    const [, resource = '', rows = ''] = /^([\w-]+)=([1-9]\d{0,6})$/.exec(operand) ?? [];
    return { resource, rows: Number(rows), operand };
  });
  const wrong = orders.filter(({ resource }) => !names.includes(resource));
  if (wrong.length > 0) {
    throw new ConfigError(
      wrong.map(({ operand }) => ({
        source: 'seed',
        problem: `must be given RESOURCE=NUMBER with a number from 1 to 9999999 and a resource from ${names.join(', ')}, and not ${operand}`,
      })),
    );
  }
  return orders;
};

/** Rows that are added at the same time: inserts that arrive together share a statement. */
const atOnce = 200;

/** The request of a demo row: what a POST without query and headers would be. */
const request = {
  params: {},
  query: {},
  headers: {},
  cookies: {},
  indent: 0,
  requestId: 'seed',
  clientAddress: '',
};

/** Adds demo rows by the POST of a resource, in the order of their numbers at least by groups of 200. */
export const seedResource = async (
  { name, operations, formats, demo }: MountedResource,
  rows: number,
  random: () => number,
): Promise<void> => {
  const operation = operations.find(({ method }) => method === 'POST');
  if (operation?.body === undefined || demo === undefined) {
    throw new Error(`the resource ${name} has no POST or no demo rows`);
  }
  const checkBody = createBodyCheck(operation.body, formats);
  const add = async (number: number): Promise<void> => {
    const body = demo(number, random);
    checkBody(body);
    await operation.handle({ ...request, body });
  };
  for (let from = 0; from < rows; from += atOnce) {
    const length = Math.min(atOnce, rows - from);
    await Promise.all(Array.from({ length }, (_, at) => add(from + at)));
  }
};
