import { codeMeanings } from '@tripod/shared/errors/code-meanings';
import { type ErrorCode, errorCodes } from '@tripod/shared/errors/codes';

const introduction = `# Errors

<!-- Made from packages/shared/src/errors by \`pnpm write-docs\`: change that, not this page. -->

An error is answered as \`application/problem+json\` (RFC 9457), or as a small page where a browser asks for one:

\`\`\`json
{
  "type": "urn:tripod:error:API_INDENT_INVALID",
  "title": "The indent is not valid",
  "status": 400,
  "detail": "One sentence about this request",
  "code": "API_INDENT_INVALID",
  "requestId": "also in the X-Request-Id header and in the log",
  "errors": [{ "pointer": "#/url", "detail": "only where single fields are wrong" }]
}
\`\`\`

Codes are stable; titles may change. A 5xx says nothing of the inside: the log has the cause under the request id.
`;

const titles: Readonly<Record<string, string>> = {
  '': 'Every server',
  API: 'api-server',
  STATIC: 'static-server',
  PROXY: 'proxy',
  ADMIN: 'The admin side of the proxy',
};

/** The part before the first underscore where it names a service; otherwise nothing. */
const serviceOf = (code: string): string => {
  const [prefix = ''] = code.split('_');
  return prefix in titles ? prefix : '';
};

const row = (code: ErrorCode): string => {
  const { status, title } = errorCodes[code];
  return `| \`${code}\` | ${status} | ${title} | ${codeMeanings[code]} |`;
};

/** docs/errors.md: a table for each service. */
export const renderErrors = (): string => {
  const codes = Object.keys(errorCodes) as ErrorCode[];
  const sections = Object.entries(titles).map(([service, title]) => {
    const rows = codes.filter((code) => serviceOf(code) === service).map(row);
    return [
      `## ${title}\n`,
      '| code | status | title | when, and what to do |',
      '|---|---|---|---|',
      ...rows,
      '',
    ].join('\n');
  });
  return [introduction, ...sections].join('\n');
};
