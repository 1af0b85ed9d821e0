import { AppError } from '@tripod/shared/errors/app-error';
import type { ErrorDefinition } from '@tripod/shared/errors/define-errors';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { describeSchema } from '@tripod/shared/schema/explain-schema-error';
import { compileSchema } from './field-faults.ts';
import type { Formats } from './formats.ts';
import type { BodyDefinition, Parameter } from './operation.ts';
import { requestErrors } from './request-errors.ts';

type Parameters = Readonly<Record<string, Parameter>>;

/** Converts the text of a parameter to the type of its schema; a text in another notation stays and is refused. */
const convert = (text: string, type: unknown): unknown => {
  if (type === 'integer' && /^(?:0|-?[1-9]\d{0,14})$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
};

const none: Readonly<Record<string, never>> = {};

/**
 * Compiles the query parameters of an operation. The result converts and checks a query, and ignores names that are
 * not declared. It throws the error of the first wrong parameter, with a sentence for each of them.
 */
export const createQueryParser = (parameters: Parameters = none, formats: Formats = none) => {
  const compiled = Object.entries(parameters).map(([name, parameter]) => {
    const findFaults = compileSchema(parameter.schema, formats);
    const shape = `${name} must be given once, as ${describeSchema(parameter.schema)}.`;
    /** The value, or what is wrong with it. */
    const read = (texts: readonly string[]): { readonly value?: unknown; readonly fault?: string } => {
      const [text] = texts;
      if (text === undefined) return parameter.required ? { fault: shape } : {};
      const value = convert(text, parameter.schema['type']);
      const [fault] = findFaults(value);
      if (texts.length > 1) return { fault: shape };
      if (fault === undefined) return { value };
      return { fault: fault.keyword === 'format' ? `${name} ${fault.detail}.` : shape };
    };
    return { name, read, error: parameter.error ?? requestErrors.API_QUERY_INVALID };
  });
  return (query: URLSearchParams | undefined): Readonly<Record<string, unknown>> => {
    if (compiled.length === 0) return none;
    const values: Record<string, unknown> = {};
    const wrong: { readonly error: ErrorDefinition; readonly detail: string }[] = [];
    for (const { name, read, error } of compiled) {
      const { value, fault } = read(query?.getAll(name) ?? []);
      if (fault !== undefined) wrong.push({ error, detail: fault });
      else if (value !== undefined) values[name] = value;
    }
    const [first] = wrong;
    if (first === undefined) return values;
    throw new AppError(first.error, { detail: wrong.map(({ detail }) => detail).join(' ') });
  };
};

/** Compiles the path parameters of an operation. The result throws the error of the first one that is wrong. */
export const createPathCheck = (parameters: Parameters = none, formats: Formats = none) => {
  const compiled = Object.entries(parameters).map(([name, { schema, error = httpErrors.NOT_FOUND }]) => ({
    name,
    error,
    type: schema['type'],
    findFaults: compileSchema(schema, formats),
  }));
  return (params: Readonly<Record<string, string>>): void => {
    for (const { name, error, type, findFaults } of compiled) {
      if (findFaults(convert(params[name] ?? '', type)).length > 0) throw new AppError(error);
    }
  };
};

/** Compiles the body of an operation. The result throws its error, which names every wrong field. */
export const createBodyCheck = ({ schema, error, detail }: BodyDefinition, formats: Formats = none) => {
  const findFaults = compileSchema(schema, formats);
  return (body: unknown): void => {
    const faults = findFaults(body);
    if (faults.length === 0) return;
    throw new AppError(typeof error === 'function' ? error(faults) : error, {
      detail,
      errors: faults.map(({ pointer, detail: what }) => ({ pointer, detail: what })),
    });
  };
};
