export const text = { schema: { type: 'string' } };

/** Every answer says which request it belongs to. */
export const withId = <T extends object>(headers: T) => ({
  'X-Request-Id': { required: true, ...text },
  ...headers,
});
