import { INGESTION_ROUTES, LEDGER_ROUTES, PROBLEMS, queryRoutes, type Route, SCOPES } from "@xueshi/contracts";
import { describe, expect, it } from "vitest";
import type { App } from "../app/create-app.ts";
import { honoPath } from "../app/unmatched.ts";
import { makeTestApp } from "../testing/make-test-app.ts";
import { problemsOf } from "./openapi-document.ts";

const vocabulary = { series: [{ code: "economics" }], educations: [{ code: "bachelor" }] };
const SERVICE_OPERATIONS = ["getHealth", "getReadiness", "getOpenApi", "getDocs"];

const services: readonly (readonly [string, readonly Route[]])[] = [
  ["ingestion-worker", INGESTION_ROUTES],
  ["ledger-service", LEDGER_ROUTES],
  ["query-api", queryRoutes(vocabulary)],
];

function appOf(routes: readonly Route[]): App {
  const { app } = makeTestApp({}, SCOPES);
  for (const route of routes) app.route(route, () => ({ status: 200, json: {} }));
  return app;
}

type Json = Record<string, unknown>;

function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === "$ref" ? [String(inner)] : references(inner)));
}

describe.each(services)("the document of %s", (_name, routes) => {
  const app = appOf(routes);
  const document = app.document();
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation: operation as Json })),
  );

  it("has each operation of the contract, and no other", () => {
    const inDocument = operations.map(({ operation }) => String(operation.operationId)).sort();
    expect(inDocument).toEqual([...routes.map((route) => route.operationId), ...SERVICE_OPERATIONS].sort());
  });

  it("has no operation that the app does not serve", async () => {
    for (const { path, method } of operations) {
      const url = `http://localhost${path.replace(/\{\w+\}/gu, "0f6c2a9e-0000-7000-8000-000000000000")}`;
      const response = await app.fetch(new Request(url, { method: method.toUpperCase() }));
      expect([path, method, response.status]).not.toContain(404);
      expect([path, method, response.status]).not.toContain(405);
    }
  });

  it("refers only to schemas that it has", () => {
    for (const reference of references(document)) {
      expect(Object.keys(document.components.schemas)).toContain(reference.replace("#/components/schemas/", ""));
    }
    expect(references(document).length).toBeGreaterThan(0);
  });

  it("names every path parameter of every operation", () => {
    for (const { path, operation } of operations) {
      const inPath = Array.from(path.matchAll(/\{(\w+)\}/gu), (match) => match[1]).sort();
      const parameters = operation.parameters as { name: string; in: string; required: boolean }[];
      expect(
        parameters
          .filter((parameter) => parameter.in === "path")
          .map((parameter) => parameter.name)
          .sort(),
      ).toEqual(inPath);
    }
  });

  it("asks for a key wherever the route has a scope, and lists every problem by its status", () => {
    for (const route of app.routes) {
      const operation = document.paths[route.path]?.[route.method] as Json;
      expect(operation.security).toEqual(route.scope === null ? [] : [{ apiKey: [route.scope] }]);
      const responses = operation.responses as Record<string, { description: string }>;
      for (const code of problemsOf(route)) {
        const { status } = PROBLEMS[code];
        if (!(status in route.responses)) expect(responses[status]?.description.split(", ")).toContain(code);
      }
    }
  });

  it("is served as JSON", async () => {
    const response = await app.fetch(new Request("http://localhost/openapi.json"));
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document)));
    expect(document.openapi).toBe("3.1.0");
  });
});

describe("the schemas of the document", () => {
  const document = appOf(queryRoutes(vocabulary)).document();

  it("spell out what a check takes, with the closed lists of the installation", () => {
    expect(document.components.schemas.CheckRequest).toMatchObject({
      type: "object",
      additionalProperties: false,
      required: ["practitioner", "declaration"],
      properties: {
        declaration: {
          properties: {
            kind: { enum: ["annual-duty", "review", "initial-determination", "registration-renewal"] },
            series: { enum: ["economics"] },
            education: { anyOf: [{ enum: ["bachelor"] }, { type: "null" }] },
          },
        },
        asOf: { type: "string", format: "date" },
      },
    });
  });

  it("spell out what a push takes, though its records are validated one by one", () => {
    const push = appOf(INGESTION_ROUTES).document().components.schemas.RecordsRequest;
    expect(push).toMatchObject({
      properties: { records: { maxItems: 1000, items: { properties: { recordId: { maxLength: 128 } } } } },
    });
  });
});

describe("routes", () => {
  it("cannot be registered twice", () => {
    const { app } = makeTestApp();
    const [route] = INGESTION_ROUTES;
    app.route(route, () => ({ status: 202, json: {} }));
    expect(() => app.route(route, () => ({ status: 202, json: {} }))).toThrow(TypeError);
  });

  it("become paths of the router", () => {
    expect(honoPath("/v1/practitioners/{practitionerId}/entries")).toBe("/v1/practitioners/:practitionerId/entries");
  });
});
