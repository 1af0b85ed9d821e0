/** What a figure must keep to. */
export type Limits = {
  readonly atMost?: number;
  readonly atLeast?: number;
  /** A figure by which both limits are multiplied, such as `p99Ms.before`. */
  readonly times?: string;
};

/** Figures of a result by their path, such as `shares.after.api-2`, and their limits. */
export type Claims = Readonly<Record<string, Limits>>;

const limitsSchema = {
  type: 'object',
  additionalProperties: false,
  anyOf: [
    { required: ['atMost'], properties: { atMost: true } },
    { required: ['atLeast'], properties: { atLeast: true } },
  ],
  properties: {
    atMost: { type: 'number', description: 'the largest value that the claim allows' },
    atLeast: { type: 'number', description: 'the smallest value that the claim allows' },
    times: {
      type: 'string',
      minLength: 1,
      description: 'the figure by which both limits are multiplied, such as p99Ms.before',
    },
  },
  description: 'an object with atMost, atLeast or both',
} as const;

/** The JSON Schema of claims. */
export const claimsSchema = {
  type: 'object',
  minProperties: 1,
  additionalProperties: limitsSchema,
  description: 'an object with one figure or more, such as { "failed": { "atMost": 0 } }',
} as const;
