import type { Problem } from './problem.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for HTML elements and quoted attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => escapes[char] ?? char);

const style = `
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #fdf6f0; color: #2b2230;
  font: 1.0625rem/1.6 "Hanken Grotesk", system-ui, sans-serif; }
main { max-width: 34rem; padding: 2rem; }
.status { margin: 0; font-size: 4rem; line-height: 1; font-weight: 700; color: #a8431f; }
h1 { margin: .5rem 0 1rem; font-size: 1.5rem; line-height: 1.25; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 1.5rem 0 0; font-size: .875rem; }
dt { opacity: .75; } dd { margin: 0; font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { body { background: #1d1721; color: #f3e9ee; } .status { color: #ff9d76; } }
`;

/** A small page for a person who meets an error in a browser: the same facts as the JSON. */
export const renderErrorPage = (problem: Problem): string => {
  const detail = problem.detail === undefined ? '' : `<p>${escapeHtml(problem.detail)}</p>`;
  const errors = (problem.errors ?? [])
    .map(({ pointer, detail: what }) => `<li><code>${escapeHtml(pointer)}</code> ${escapeHtml(what)}</li>`)
    .join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${problem.status} ${escapeHtml(problem.title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="status">${problem.status}</p>
<h1>${escapeHtml(problem.title)}</h1>
${detail}${errors === '' ? '' : `<ul>${errors}</ul>`}
<dl><dt>Code</dt><dd>${problem.code}</dd><dt>Request</dt><dd>${escapeHtml(problem.requestId)}</dd></dl>
</main>
</body>
</html>
`;
};
