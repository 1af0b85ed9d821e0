import { databaseErrors } from '@tripod/database/error-table';
import { AppError } from '@tripod/shared/errors/app-error';
import type { ErrorDefinition } from '@tripod/shared/errors/define-errors';
import type { JsonSchema } from '../json-schema.ts';
import { createNewestList } from '../list/newest-list.ts';
import { type JsonPage, type PageQuery, type PageRequest, pageParameters } from '../list/page.ts';
import type { BodyDefinition, Operation } from '../operation.ts';

/** Items with a number each, as a store keeps them. Failures of the database have their error codes. */
export type CollectionStore<Body, Item> = {
  /** Resolves with what was stored, once that is committed. */
  insert(body: Body): Promise<Item>;
  /** The newest items first, those with ids below `after`. */
  readPage(page: PageRequest): Promise<JsonPage>;
  find(id: number): Promise<Item | undefined>;
};

export type CollectionOptions<Body, Item> = {
  /** `book`: names of operations and texts are made of it. The path is its plural, `/books`. */
  readonly noun: string;
  /** Items of a page when the query gives no `limit`. */
  readonly pageSize: number;
  readonly body: BodyDefinition;
  /** A further rule for the body that a schema can't express, in words for OpenAPI. */
  readonly rule?: string;
  /** Throws an AppError for a body that breaks the rule. */
  readonly check?: (body: Body) => void;
  /** Schema of an item as it is answered. */
  readonly itemSchema: JsonSchema;
  readonly notFound: ErrorDefinition;
  readonly store: CollectionStore<Body, Item>;
};

/** The operations of a collection: list it, newest first and in pages, add an item, read one by its number. */
export const createCollection = <Body, Item extends { readonly id: number }>(
  options: CollectionOptions<Body, Item>,
): readonly Operation[] => {
  const { noun, pageSize, body, rule, check, itemSchema, notFound, store } = options;
  const plural = `${noun}s`;
  const name = noun.charAt(0).toUpperCase() + noun.slice(1);
  const answerList = createNewestList({ name: plural, defaultLimit: pageSize, readPage: store.readPage });

  const list: Operation<PageQuery> = {
    name: `list${name}s`,
    method: 'GET',
    path: `/${plural}`,
    summary: `The newest ${plural}, ${pageSize} a page unless \`limit\` says otherwise`,
    query: pageParameters,
    responses: {
      200: {
        description: `A page of ${plural}, the newest first`,
        schema: { type: 'array', items: itemSchema },
        headers: { Link: { description: 'The next page, when there is one' } },
      },
    },
    errors: [databaseErrors.API_DATABASE_UNAVAILABLE],
    handle: ({ query, indent }) => answerList(query, indent),
  };

  const add: Operation<unknown, Body> = {
    name: `add${name}`,
    method: 'POST',
    path: `/${plural}`,
    summary: `Adds a ${noun}`,
    description: `Answered once the ${noun} is committed.${rule === undefined ? '' : ` ${rule}`}`,
    body,
    responses: {
      201: {
        description: `The ${noun}, as it was stored`,
        schema: itemSchema,
        headers: {
          Location: { description: `Address of the ${noun}, relative to this one`, required: true },
        },
      },
    },
    errors: [
      databaseErrors.API_DATABASE_UNAVAILABLE,
      databaseErrors.API_DURABILITY_OFF,
      databaseErrors.API_WRITE_UNCERTAIN,
    ],
    async handle(request) {
      check?.(request.body);
      const item = await store.insert(request.body);
      return { status: 201, headers: { Location: `${plural}/${item.id}` }, json: item };
    },
  };

  const read: Operation = {
    name: `read${name}`,
    method: 'GET',
    path: `/${plural}/:id`,
    summary: `One ${noun}`,
    params: {
      id: {
        description: `Number of the ${noun}`,
        schema: { type: 'integer', minimum: 1 },
        error: notFound,
      },
    },
    responses: { 200: { description: `The ${noun}`, schema: itemSchema } },
    errors: [notFound, databaseErrors.API_DATABASE_UNAVAILABLE],
    async handle({ params }) {
      const item = await store.find(Number(params['id']));
      if (item === undefined) throw new AppError(notFound);
      return { json: item };
    },
  };

  return [list, add, read];
};
