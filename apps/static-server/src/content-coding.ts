/** The codings that files are kept in, beside their own bytes. */
export type Coding = 'br' | 'gzip';

type Weights = ReadonlyMap<string, number>;

const weightPattern = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** What can't be read has no weight: a coding is never sent on a guess. */
const weightOf = (parameter: string | undefined): number =>
  parameter === undefined ? 1 : Number(weightPattern.exec(parameter)?.[1] ?? 0);

const readWeights = (header: string): Weights => {
  const weights = new Map<string, number>();
  for (const item of header.toLowerCase().split(',')) {
    const [coding = '', parameter] = item.split(';').map((part) => part.trim());
    // RFC 9110 8.4.1.3: an old name of the same.
    if (coding !== '') weights.set(coding === 'x-gzip' ? 'gzip' : coding, weightOf(parameter));
  }
  return weights;
};

const parse = (header: string): readonly Coding[] => {
  const weights = readWeights(header);
  const others = weights.get('*') ?? 0;
  // A file's own bytes are always acceptable, and liked least unless the client says otherwise.
  const own = weights.get('identity') ?? 0;
  const codings: readonly Coding[] = ['br', 'gzip'];
  const weight = (coding: Coding): number => weights.get(coding) ?? others;
  return codings
    .filter((coding) => weight(coding) > 0 && weight(coding) >= own)
    .sort((one, other) => weight(other) - weight(one));
};

const maxRemembered = 100;

/**
 * Makes the reader of Accept-Encoding (RFC 9110 12.5.3): the codings that the client prefers to the bytes as they are,
 * best first, of two liked equally brotli. The few headers that browsers send are read once.
 */
export const createCodingReader = (): ((header: string | undefined) => readonly Coding[]) => {
  const remembered = new Map<string, readonly Coding[]>();
  return (header = '') => {
    const known = remembered.get(header);
    if (known) return known;
    const read = parse(header);
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(header, read);
    return read;
  };
};
