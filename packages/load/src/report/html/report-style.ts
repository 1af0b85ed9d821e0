/** The style sheet of the report. Its hash stands in the Content-Security-Policy. */
export const reportStyle = `
:root { color-scheme: light dark; --page: #f6f8fa; --card: #fff; --text: #1f2328; --soft: #59636e; --rule: #d0d7de;
  --good: #116329; --bad: #a40e26; --warn: #7d4e00; --one: #0550ae; --two: #8250df; --three: #a04100 }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --card: #161b22; --text: #f0f6fc; --soft: #9ba3ad;
  --rule: #3d444d; --good: #56d364; --bad: #ff8a80; --warn: #e3b341; --one: #79c0ff; --two: #d2a8ff; --three: #ffa657 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem 3rem }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.2; overflow-wrap: anywhere }
h2 { margin: 2rem 0 .75rem; font-size: 1.2rem }
header p { margin: .4rem 0 0; color: var(--soft); overflow-wrap: anywhere }
.notice { padding: .6rem .9rem; border: 1px solid currentColor; border-radius: .5rem; color: var(--warn) }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.25rem 0 0 }
.tiles div, figure, .scroll { background: var(--card); border: 1px solid var(--rule); border-radius: .5rem }
.tiles div { padding: .6rem .9rem }
dt { color: var(--soft); font-size: .875rem }
dd { margin: 0; font-size: 1.4rem; font-variant-numeric: tabular-nums }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); gap: .75rem }
figure { margin: 0; padding: .75rem }
figcaption { font-weight: 600 }
.unit { color: var(--soft); font-weight: 400 }
figure > svg { display: block; width: 100%; height: auto }
svg text { fill: var(--soft); font: 11px system-ui, sans-serif }
.grid { stroke: var(--rule) }
.mark { stroke: var(--soft); stroke-dasharray: 2 3 }
polyline { fill: none; stroke-width: 1.75; stroke-linejoin: round }
.line-0 { stroke: var(--one); stroke-width: 1.75 }
.line-1 { stroke: var(--two); stroke-width: 1.75; stroke-dasharray: 6 3 }
.line-2 { stroke: var(--three); stroke-width: 1.75; stroke-dasharray: 2 2 }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .25rem 0 0; padding: 0; list-style: none;
  color: var(--soft); font-size: .875rem }
.scroll { overflow-x: auto; margin: 0 0 1rem }
.scroll:focus-visible { outline: 2px solid var(--one); outline-offset: 2px }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; font-variant-numeric: tabular-nums }
caption { padding: .6rem .9rem; text-align: left; font-weight: 600 }
th, td { padding: .4rem .9rem; border-top: 1px solid var(--rule); text-align: right; white-space: nowrap }
th:first-child { text-align: left }
tbody th { font-weight: 400 }
.facts th, .facts td { text-align: left; white-space: normal; overflow-wrap: anywhere }
.held { color: var(--good) } .missed { color: var(--bad) } .none { color: var(--warn) }
.verdicts { margin: 0; padding: 0; list-style: none }
.verdicts li { margin: 0 0 .35rem; overflow-wrap: anywhere }
.verdicts strong { display: inline-block; min-width: 6rem }
summary { cursor: pointer; margin: .75rem 0; color: var(--soft) }
@media print { body { background: none } .scroll { overflow: visible } }
`;
