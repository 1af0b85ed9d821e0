export type ParsedSample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

export type ParsedMetrics = {
  readonly samples: readonly ParsedSample[];
  /** Metric name → counter, gauge or histogram. */
  readonly types: Readonly<Record<string, string>>;
};

const unescapeLabel = (text: string): string =>
  text.replace(/\\(.)/g, (_whole, char: string) => (char === 'n' ? '\n' : char));

/** Parses the text format of Prometheus (0.0.4). Throws on a line that it does not allow. */
export const parseMetrics = (text: string): ParsedMetrics => {
  const samples: ParsedSample[] = [];
  const types: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const type = /^# TYPE (\w+) (counter|gauge|histogram)$/.exec(line);
    if (type) types[type[1] ?? ''] = type[2] ?? '';
    if (line === '' || type || /^# HELP \w+ \S/.test(line)) continue;
    const sample = /^([a-z_][\w:]*)(?:\{(.*)\})? (\S+)$/i.exec(line);
    if (!sample) throw new Error(`not a line of metrics: ${line}`);
    const [, name = '', labelText = '', value = ''] = sample;
    const labels: Record<string, string> = {};
    for (const [, key = '', quoted = ''] of labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      labels[key] = unescapeLabel(quoted);
    }
    samples.push({ name, labels, value: Number(value) });
  }
  return { samples, types };
};
