/** The only style of the page; its hash is what the page's content security policy allows. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #0a63b0; }
@media (prefers-color-scheme: dark) { :root { --accent: #6ab7ff; } }
body { font: 16px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; margin: 0 auto; max-width: 68rem; padding: 1rem 1.5rem 4rem; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); } h3 { margin-top: 2rem; }
a { color: var(--accent); } code { font: .875em/1.4 ui-monospace, Consolas, monospace; background: var(--soft); padding: .1em .3em; border-radius: 3px; }
nav ul { columns: 2; padding-left: 1.2rem; } .lang { float: right; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); padding: .3rem .6rem .3rem 0; overflow-wrap: anywhere; }
tr:target { background: var(--soft); outline: 2px solid var(--accent); }
td:first-child code { white-space: nowrap; } th { white-space: nowrap; } pre { background: var(--soft); padding: .6rem .8rem; overflow-x: auto; font: .85rem/1.5 ui-monospace, Consolas, monospace; }
.d1 { padding-left: 1.2rem; } .d2 { padding-left: 2.4rem; } .d3 { padding-left: 3.6rem; } .d4, .d5, .d6 { padding-left: 4.8rem; }
summary { cursor: pointer; } .req { font-weight: 600; }
@media (max-width: 40rem) { nav ul { columns: 1; } }
`;
