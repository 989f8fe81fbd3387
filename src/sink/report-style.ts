/** The style of the report page: a system font, light and dark, and black on white in print. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ink: #1c2128; --soft: #59636e; --line: #d1d9e0; --paper: #fff; --fill: #f6f8fa;
  --bar: #3568b8; --good: #1a7f37; --bad: #b42318; --t1: #3568b8; --t2: #8aa9da; --t3: #e0a33a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9aa5b1; --line: #3a424c; --paper: #0f1317; --fill: #181d23;
    --bar: #6c9be0; --good: #57c26f; --bad: #ff7b6b; --t1: #6c9be0; --t2: #41608f; --t3: #d89b35; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.25rem 0 .4rem; }
p { max-width: 46rem; margin: .4rem 0; }
.soft { color: var(--soft); }
.wide { overflow-x: auto; }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }
.totals div { background: var(--fill); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; }
.totals dt { color: var(--soft); font-size: .85rem; }
.totals dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.ok { color: var(--good); } .bad { color: var(--bad); font-weight: 600; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 0 2.5rem; }
td.tiers { min-width: 9rem; }
.bars td:nth-child(3) { width: 45%; }
svg { display: block; width: 100%; height: .8rem; margin-top: .3rem; fill: var(--bar); }
.t1 { fill: var(--t1); } .t2 { fill: var(--t2); } .t3 { fill: var(--t3); }
code { font: .85em ui-monospace, monospace; overflow-wrap: anywhere; }
@media print {
  :root { --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --fill: #fff; --good: #000; --bad: #000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2, h3 { break-after: avoid; } tr, .totals div { break-inside: avoid; }
}
`;
