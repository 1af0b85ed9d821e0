import type { ExperimentResult } from '../verdict/result.ts';
import { columnTitle, describeClaim, describeMethod, describeVerdict, verdictRows } from './describe.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeText = (text: string): string => text.replace(/[&<>"]/g, (character) => escapes[character] ?? '');

const style = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.25rem .75rem;border-bottom:1px solid #8886;vertical-align:top}
.scroll{overflow-x:auto}`;

const renderOne = (result: ExperimentResult): string => {
  const { title, experiment, lab, balancers, explain, left } = result;
  const columns = balancers.map((one) => `<th scope="col">${escapeText(columnTitle(one))}</th>`).join('');
  const rows = verdictRows.map(([name, cell]) => {
    const cells = balancers.map((one) => `<td>${escapeText(cell(one))}</td>`).join('');
    return `<tr><th scope="row">${escapeText(name)}</th>${cells}</tr>`;
  });
  const claims = balancers.map((one) => {
    const lines = [...one.proof, ...one.claims].map(
      (claim) => `<li>${escapeText(describeClaim(claim))}</li>`,
    );
    return `<h3>${escapeText(columnTitle(one))}</h3><ul>${lines.join('')}</ul>`;
  });
  return `<section>
<h2>${escapeText(title)}</h2>
<p>Experiment ${escapeText(experiment)} of the lab ${escapeText(lab)}: ${escapeText(describeMethod(result))}</p>
<p><strong>${escapeText(describeVerdict(result))}</strong> ${escapeText(explain)}</p>
<div class="scroll"><table><thead><tr><td></td>${columns}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div>
${claims.join('\n')}
${left.map((sentence) => `<p>${escapeText(sentence)}</p>`).join('')}
</section>`;
};

/** Results as one HTML page without any other file. */
export const renderHtml = (results: readonly ExperimentResult[]): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeText(results.map(({ title }) => title).join(', '))}</title><style>${style}</style></head>
<body><h1>Experiments</h1>
${results.map(renderOne).join('\n')}
</body></html>
`;
