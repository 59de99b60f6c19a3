import { catalogueAnchor, type Language, type Route } from "@xueshi/contracts";
import type { z } from "zod";
import { jsonSchema } from "../openapi/json-schema.ts";
import { problemsOf } from "../openapi/openapi-document.ts";
import { html, type SafeHtml } from "./html.ts";
import { schemaRows } from "./schema-rows.ts";
import { WORDS } from "./words.ts";

/** One operation on the docs page: what it takes, what it answers, and each problem linked to its code. */
export function operationSection(route: Route, language: Language): SafeHtml {
  const problems = problemsOf(route).map(
    (code) => html`<a href="#${catalogueAnchor("problem", code)}"><code>${code}</code></a> `,
  );
  return html`<h3 id="${route.operationId}"><code>${route.method.toUpperCase()} ${route.path}</code></h3>
<p>${route.summary[language]}</p>
<p>${WORDS.scope[language]}: <code>${route.scope ?? WORDS.public[language]}</code></p>
${fields(WORDS.parameters[language], route.params, "input", language)}
${fields(WORDS.parameters[language], route.query, "input", language)}
${body(route, language)}
${answers(route, language)}
<p>${WORDS.problems[language]}: ${problems}</p>
`;
}

function body(route: Route, language: Language): SafeHtml {
  if (route.body === undefined) return html``;
  const { body: taken } = route;
  const title = `${WORDS.body[language]} ${taken.name} (≤ ${taken.bytesMax} ${WORDS.bytes[language]})`;
  const example = JSON.stringify(taken.example, null, 2);
  return html`${fields(title, taken.documented ?? taken.schema, "input", language)}<pre>${example}</pre>`;
}

function answers(route: Route, language: Language): SafeHtml {
  const sections = Object.entries(route.responses).map(([status, response]) =>
    fields(
      `${WORDS.answer[language]} ${status} — ${response.description[language]}`,
      response.schema,
      "output",
      language,
    ),
  );
  return html`${sections}`;
}

function fields(title: string, schema: z.ZodType | undefined, io: "input" | "output", language: Language): SafeHtml {
  if (schema === undefined) return html``;
  const rows = schemaRows(jsonSchema(schema, io), language).map(
    (row) => html`<tr><td class="d${row.depth}"><code>${row.name}</code></td><td>${row.type}</td><td>${
      row.required ? html`<span class="req">${WORDS.required[language]}</span> ` : []
    }${row.notes}</td></tr>
`,
  );
  if (rows.length === 0) return html``;
  return html`<details><summary>${title}</summary><table><thead><tr><th>${WORDS.field[language]}</th><th>${
    WORDS.type[language]
  }</th><th>${WORDS.notes[language]}</th></tr></thead><tbody>
${rows}</tbody></table></details>
`;
}
