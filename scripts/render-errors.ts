import type { ErrorDefinition } from '@tripod/shared/errors/define-errors';
import { errorSections } from './error-registry.ts';

const introduction = `# Errors

<!-- Generated from the error tables in apps/ and packages/ by \`pnpm write-docs\`: edit those, not this page. -->

An error response is \`application/problem+json\` (RFC 9457), or a small HTML page for a browser:

\`\`\`json
{
  "type": "urn:tripod:error:API_INDENT_INVALID",
  "title": "The indent is not valid",
  "status": 400,
  "detail": "One sentence about this request",
  "code": "API_INDENT_INVALID",
  "requestId": "also in the X-Request-Id header and in the log",
  "errors": [{ "pointer": "#/url", "detail": "only when single fields are wrong" }]
}
\`\`\`

Codes are stable; titles may change. A 5xx exposes no internals: the log has the cause under the request id.
`;

const row = ({ code, status, title, meaning }: ErrorDefinition): string =>
  `| \`${code}\` | ${status} | ${title} | ${meaning} |`;

/** Renders docs/reference/errors.md: a table for each service. */
export const renderErrors = (): string => {
  const sections = Object.entries(errorSections).map(([title, tables]) =>
    [
      `## ${title}\n`,
      '| code | status | title | when, and what to do |',
      '|---|---|---|---|',
      ...tables.flatMap((table) => Object.values(table).map(row)),
      '',
    ].join('\n'),
  );
  return [introduction, ...sections].join('\n');
};
