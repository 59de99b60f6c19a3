import { hash } from "node:crypto";
import { CATALOGUE, type CatalogueGroup, catalogueAnchor, INGESTION_ROUTES, LANGUAGES } from "@xueshi/contracts";
import { describe, expect, it } from "vitest";
import { makeTestApp } from "../testing/make-test-app.ts";
import { html } from "./html.ts";
import { schemaRows } from "./schema-rows.ts";

function docsApp() {
  const { app } = makeTestApp();
  for (const route of INGESTION_ROUTES) app.route(route, () => ({ status: 200, json: {} }));
  return app;
}

async function page(path = "/docs", headers: Record<string, string> = {}) {
  const response = await docsApp().fetch(new Request(`http://localhost${path}`, { headers }));
  return { response, text: await response.text() };
}

describe("/docs", () => {
  it("has an anchor for every code and every operation, each once", async () => {
    const { text } = await page();
    const anchors = Array.from(text.matchAll(/ id="([^"]+)"/gu), (match) => match[1]);
    for (const group of Object.keys(CATALOGUE) as CatalogueGroup[]) {
      for (const code of Object.keys(CATALOGUE[group])) expect(anchors).toContain(catalogueAnchor(group, code));
    }
    for (const route of INGESTION_ROUTES) expect(anchors).toContain(route.operationId);
    expect(new Set(anchors).size).toBe(anchors.length);
  });

  it("links only to what is there", async () => {
    const { text } = await page();
    const targets = Array.from(text.matchAll(/ href="([^"]+)"/gu), (match) => match[1] ?? "");
    for (const target of targets.filter((one) => one.startsWith("#")))
      expect(text).toContain(` id="${target.slice(1)}"`);
    expect(targets.filter((one) => !one.startsWith("#")).sort()).toEqual(["/docs?lang=en", "/openapi.json"]);
  });

  it("loads nothing and runs nothing, and its policy allows its own style alone", async () => {
    const { response, text } = await page();
    expect(text).not.toMatch(/<script|<link|<img|<iframe|src=|@import|url\(|https?:\/\/|\son\w+=| style="/iu);
    const style = /<style>([\s\S]*)<\/style>/u.exec(text)?.[1] ?? "";
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src 'sha256-${hash("sha256", style, "base64")}'`);
    expect(policy).not.toContain("unsafe");
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  });

  it.each([
    ["/docs", {}, "zh-CN"],
    ["/docs", { "Accept-Language": "en" }, "en"],
    ["/docs?lang=en", {}, "en"],
    ["/docs?lang=zh-CN", { "Accept-Language": "en" }, "zh-CN"],
  ])("%s with %o is in %s", async (path, headers, language) => {
    const { response, text } = await page(path, headers as Record<string, string>);
    expect(text).toContain(`<html lang="${language}">`);
    expect(response.headers.get("content-language")).toBe(language);
    expect(LANGUAGES).toContain(language);
  });

  it("refuses a language it does not have", async () => {
    expect((await page("/docs?lang=<script>")).response.status).toBe(422);
  });
});

describe("html", () => {
  it("escapes every value and leaves templates alone", () => {
    const inner = html`<b>${"<i> & \"'"}</b>`;
    expect(html`<p>${inner}${[inner, html`${1}`]}</p>`.safe).toBe(
      "<p><b>&lt;i&gt; &amp; &quot;&#39;</b><b>&lt;i&gt; &amp; &quot;&#39;</b>1</p>",
    );
  });
});

describe("schemaRows", () => {
  it("lists fields with types, bounds and nesting", () => {
    const schema = {
      type: "object",
      required: ["hours"],
      properties: {
        hours: { type: "number", minimum: 0, description: "学时 / hours" },
        kind: { enum: ["a", "b"] },
        year: { type: ["integer", "null"] },
        on: { anyOf: [{ type: "string", format: "date" }, { type: "null" }] },
        items: {
          type: "array",
          maxItems: 3,
          items: { type: "object", properties: { id: { type: "string", maxLength: 5 } } },
        },
      },
    };
    expect(schemaRows(schema, "zh-CN")[0]?.notes).toBe("学时; ≥ 0");
    expect(schemaRows(schema, "en")).toEqual([
      { name: "hours", depth: 0, type: "number", required: true, notes: "hours; ≥ 0" },
      { name: "kind", depth: 0, type: "a | b", required: false, notes: "" },
      { name: "year", depth: 0, type: "integer | null", required: false, notes: "" },
      { name: "on", depth: 0, type: "date | null", required: false, notes: "" },
      { name: "items", depth: 0, type: "object[]", required: false, notes: "≤ 3" },
      { name: "id", depth: 1, type: "string", required: false, notes: "≤ 5" },
    ]);
  });
});
