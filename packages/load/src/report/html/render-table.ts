import { escapeHtml } from '@tripod/shared/http/error-page';

/** A table in a region that scrolls by itself on a narrow screen. The first cell of each row is its header. */
export const renderTable = (
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string => {
  const head = columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('');
  const body = rows
    .map(([first = '', ...cells]) => {
      const others = cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('');
      return `<tr><th scope="row">${escapeHtml(first)}</th>${others}</tr>`;
    })
    .join('\n');
  const name = escapeHtml(caption);
  return `<div class="scroll" role="region" aria-label="${name}" tabindex="0">
<table><caption>${name}</caption><thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table></div>`;
};
