import { hash } from "node:crypto";
import {
  CATALOGUE,
  type CatalogueGroup,
  type CodeText,
  catalogueAnchor,
  type Language,
  type Route,
  type Text,
} from "@xueshi/contracts";
import type { Answer } from "../app/call.ts";
import { inReadingOrder } from "../openapi/openapi-document.ts";
import { html, type SafeHtml } from "./html.ts";
import { operationSection } from "./operation-section.ts";
import { STYLE } from "./style.ts";
import { CONVENTIONS, GROUP_TITLES, WORDS } from "./words.ts";

const STYLE_SOURCE = `'sha256-${hash("sha256", STYLE, "base64")}'`;
const POLICY = `default-src 'none'; style-src ${STYLE_SOURCE}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/**
 * The interface for people: one static page without scripts that loads nothing, rendered from the routes and the
 * catalogue. Every code has its anchor, which is where the `type` of a problem points.
 */
export function docsPage(
  registered: readonly Route[],
  info: { readonly title: Text; readonly version: string },
  language: Language,
): Answer {
  const routes = inReadingOrder(registered);
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title[language]}</title>
<style>${{ safe: STYLE }}</style>
</head>
<body>
<p class="lang"><a href="/docs?lang=${otherLanguage(language)}">${WORDS.otherLanguage[language]}</a></p>
<h1>${info.title[language]} <small>${info.version}</small></h1>
<p><a href="/openapi.json">OpenAPI 3.1</a></p>
${contents(routes, language)}
<h2 id="conventions">${WORDS.conventions[language]}</h2>
<ul>${CONVENTIONS.map((convention) => html`<li>${convention[language]}</li>`)}</ul>
<h2 id="operations">${WORDS.operations[language]}</h2>
${routes.map((route) => operationSection(route, language))}
<h2 id="codes">${WORDS.codes[language]}</h2>
${groups().map((group) => groupSection(group, language))}
</body>
</html>
`;
  return {
    status: 200,
    text: page.safe,
    contentType: "text/html; charset=utf-8",
    headers: { "Content-Security-Policy": POLICY, "Content-Language": language, "Cache-Control": "no-cache" },
  };
}

function otherLanguage(language: Language): Language {
  return language === "en" ? "zh-CN" : "en";
}

function groups(): CatalogueGroup[] {
  return Object.keys(CATALOGUE) as CatalogueGroup[];
}

function contents(routes: readonly Route[], language: Language): SafeHtml {
  const operations = routes.map(
    (route) =>
      html`<li><a href="#${route.operationId}"><code>${route.method.toUpperCase()} ${route.path}</code></a></li>`,
  );
  const codes = groups().map((group) => html`<li><a href="#codes-${group}">${GROUP_TITLES[group][language]}</a></li>`);
  return html`<nav><ul>${operations}</ul><ul>${codes}</ul></nav>`;
}

function groupSection(group: CatalogueGroup, language: Language): SafeHtml {
  const withStatus = group === "problem";
  const rows = Object.entries(CATALOGUE[group] as Readonly<Record<string, CodeText & { status?: number }>>).map(
    ([code, text]) => html`<tr id="${catalogueAnchor(group, code)}"><td><code>${code}</code></td>${
      withStatus ? html`<td>${text.status ?? ""}</td>` : []
    }<td><b>${text.title[language]}</b><br>${readable(text.message[language])}</td></tr>
`,
  );
  return html`<h3 id="codes-${group}">${GROUP_TITLES[group][language]}</h3>
<table><thead><tr><th>${WORDS.code[language]}</th>${
    withStatus ? html`<th>${WORDS.status[language]}</th>` : []
  }<th>${WORDS.meaning[language]}</th></tr></thead><tbody>
${rows}</tbody></table>
`;
}

/** A message as it reads without details: its optional parts are left out, its other places shown as …. */
function readable(message: string): string {
  return message.replace(/\[[^\]]*\{[^\]]*\]/gu, "").replace(/\{\w+\}/gu, "…");
}
