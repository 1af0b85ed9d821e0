const percentByte = /%([0-9a-f]{2})/gi;
const overlongAscii = /[\xc0\xc1][\x80-\xbf]/g;
/** Nothing in such a path can be spelled in another way, apart from upper case and slashes. */
const unambiguous = /^[A-Za-z0-9_/-]*$/;
/** Rounds of percent-decoding: some servers decode twice (CWE-174). */
const maxDecodings = 3;

const decodeOnce = (text: string): string => {
  const bytes = text.replace(percentByte, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  // Some servers take an ASCII character in two bytes (CVE-2008-2938), which UTF-8 forbids.
  const short = bytes.replace(overlongAscii, ([lead = '', last = '']) =>
    String.fromCharCode(((lead.charCodeAt(0) & 1) << 6) | (last.charCodeAt(0) & 0x3f)),
  );
  return Buffer.from(short, 'latin1').toString('utf8');
};

const decode = (path: string): string => {
  let decoded = path;
  for (let round = 0; round < maxDecodings && decoded.includes('%'); round += 1)
    decoded = decodeOnce(decoded);
  return decoded;
};

/** Servlet containers cut a segment at `;`, Windows at `:` and drops trailing dots and blanks. */
const normalizeSegment = (segment: string): string =>
  segment
    .replace(/[;:].*$/s, '')
    .replace(/[.\s]+$/, '')
    .trimStart();

/**
 * The path that the most lenient server could read: percent-decoded (also twice), without parameters, query, trailing
 * dots and blanks, doubled slashes and dot segments, in lower case, with compatibility characters replaced (NFKC).
 * Serves for comparison only; it is never forwarded.
 */
export const normalizePath = (path: string): string => {
  const isPlain = unambiguous.test(path);
  const decoded = isPlain
    ? path
    : decode(path)
        .normalize('NFKC')
        // URL parsers drop tabs and line ends; C code stops at NUL.
        .replace(/[\t\r\n]|\0.*$/gs, '')
        .replaceAll('\\', '/')
        .replace(/[?#].*$/s, '');
  const segments: string[] = [];
  for (const segment of decoded.split('/')) {
    const isParent = segment.replace(/;.*$/s, '') === '..';
    const name = isPlain ? segment : normalizeSegment(segment);
    if (isParent) segments.pop();
    else if (name !== '') segments.push(name);
  }
  return `/${segments.join('/')}`.toLowerCase();
};

/** Whether a path is one of these, which are normalized already, in any spelling. */
export const isPrivate = (path: string, privatePaths: readonly string[]): boolean =>
  privatePaths.length > 0 && privatePaths.includes(normalizePath(path));
