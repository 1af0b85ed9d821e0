import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorDefinition } from '@tripod/shared/errors/define-errors';
import type { FieldFault } from './field-faults.ts';
import type { JsonSchema } from './json-schema.ts';
import type { TaggedRepresentation } from './representation.ts';

/** One parameter of the path or of the query. */
export type Parameter = {
  readonly description: string;
  /** Of type string, integer or boolean. A text is converted to that type before it is checked. */
  readonly schema: JsonSchema;
  /** Only for query parameters. Default false. */
  readonly required?: boolean;
  /** Answered when the value is missing, repeated or wrong. Default: API_QUERY_INVALID, or NOT_FOUND in a path. */
  readonly error?: ErrorDefinition;
};

export type BodyDefinition = {
  readonly schema: JsonSchema;
  /** Answered when the body breaks the schema. A function chooses by the wrong fields. */
  readonly error: ErrorDefinition | ((faults: readonly FieldFault[]) => ErrorDefinition);
  /** One sentence for the client that says what the body has to be. */
  readonly detail: string;
};

export type ResponseDescription = {
  readonly description: string;
  /** Schema of the body; a response without one has no body. */
  readonly schema?: JsonSchema;
  /** Default application/json. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly required?: boolean }>>;
};

/** What a handler is given: everything in it has been checked. */
export type OperationRequest<Query = unknown, Body = unknown> = {
  /** Decoded path parameters: `{ id: '7' }` for `/books/:id`. */
  readonly params: Readonly<Record<string, string>>;
  /** The declared query parameters that were given, converted to the types of their schemas. */
  readonly query: Query;
  /** The JSON body; undefined when the operation declares none. */
  readonly body: Body;
  readonly headers: IncomingHttpHeaders;
  /** Cookies of the request by name, decoded. */
  readonly cookies: Readonly<Record<string, string>>;
  /** Spaces of JSON indentation, 0 to 10. JSON answers are indented by the pipeline. */
  readonly indent: number;
  readonly requestId: string;
  /** Address of the client as text. Behind a load balancer on this machine: the address that it reports. */
  readonly clientAddress: string;
};

/** Header values by name. An array sends the header once for each value, as Set-Cookie needs. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;

/** What a handler answers. */
export type Answer = {
  /** Default 200, and 204 without a body. */
  readonly status?: number;
  readonly headers?: AnswerHeaders;
} & (
  | { readonly json: unknown }
  /** Sent as `text/plain; charset=utf-8`. */
  | { readonly text: string }
  /** JSON that is ready to be sent, with its entity tag. */
  | { readonly tagged: TaggedRepresentation }
  /** JSON of unknown length, sent piece by piece as fast as the client takes it. */
  | { readonly stream: AsyncIterable<string | Uint8Array> }
  | { readonly empty: true }
);

/** One operation of the API. Routing, validation, 405, CORS and OpenAPI are derived from it. */
export type Operation<Query = unknown, Body = unknown> = {
  /** Unique among all resources: the operationId in OpenAPI. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Begins with a slash; a segment `:id` is a parameter. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** Path parameters by name. One that is not listed takes any text. */
  readonly params?: Readonly<Record<string, Parameter>>;
  /** Query parameters by name. `indent` is known to every operation; unknown ones are ignored. */
  readonly query?: Readonly<Record<string, Parameter>>;
  /** Request headers, for OpenAPI. A guard or the handler checks them. */
  readonly headers?: Readonly<Record<string, Parameter>>;
  readonly body?: BodyDefinition;
  /** Described in OpenAPI as in need of a bearer token. A guard checks it. */
  readonly needsToken?: boolean;
  /**
   * `no-store` for a GET whose answer must not be kept. By default a GET answers with a strong entity tag and
   * `no-cache`. Other methods are never stored.
   */
  readonly cache?: 'no-store';
  /** Successful responses by status. */
  readonly responses: Readonly<Record<number, ResponseDescription>>;
  /** Errors that its guards and its handler raise. Those of parameters and of the body are added. */
  readonly errors?: readonly ErrorDefinition[];
  /**
   * Run in this order before the query and the body are read, when both are still undefined. They throw an AppError to
   * refuse a request.
   */
  readonly guards?: readonly ((request: OperationRequest) => void | Promise<void>)[];
  handle(request: OperationRequest<Query, Body>): Answer | Promise<Answer>;
};

/**
 * A rule that operations of several resources share, such as a token for writes, a rate limit or an idempotency key:
 * gives an operation further guards, or a handler around its own, with the headers and errors that come with them. It
 * returns an operation that it is not meant for as it is.
 */
export type OperationStep = (operation: Operation) => Operation;
