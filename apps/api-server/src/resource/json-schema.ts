/** A JSON Schema (2020-12), checked by ajv and shown in OpenAPI. */
export type JsonSchema = Readonly<Record<string, unknown>>;
