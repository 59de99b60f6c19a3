import { defineRoute, LANGUAGES } from "@xueshi/contracts";
import { z } from "zod";

const health = z.strictObject({ state: z.literal("alive") });
const readiness = z.strictObject({
  state: z.enum(["ready", "not_ready", "draining"]),
  checks: z.record(z.string(), z.enum(["ok", "failed"])),
});
export type Readiness = z.output<typeof readiness>;

export const healthRoute = defineRoute({
  method: "get",
  path: "/healthz",
  operationId: "getHealth",
  tag: "service",
  summary: { "zh-CN": "进程是否存活。", en: "Whether the process is alive." },
  scope: null,
  responses: { 200: { description: { "zh-CN": "存活。", en: "Alive." }, name: "Health", schema: health } },
  problems: [],
});

export const readinessRoute = defineRoute({
  method: "get",
  path: "/readyz",
  operationId: "getReadiness",
  tag: "service",
  summary: { "zh-CN": "能否接受请求。", en: "Whether requests can be taken." },
  scope: null,
  responses: {
    200: { description: { "zh-CN": "就绪。", en: "Ready." }, name: "Readiness", schema: readiness },
    503: { description: { "zh-CN": "未就绪。", en: "Not ready." }, name: "Readiness", schema: readiness },
  },
  problems: [],
});

export const documentRoute = defineRoute({
  method: "get",
  path: "/openapi.json",
  operationId: "getOpenApi",
  tag: "service",
  summary: { "zh-CN": "本接口的 OpenAPI 3.1 文档。", en: "This interface as an OpenAPI 3.1 document." },
  scope: null,
  responses: {
    200: {
      description: { "zh-CN": "文档。", en: "The document." },
      name: "OpenApiDocument",
      schema: z.record(z.string(), z.unknown()),
    },
  },
  problems: [],
});

export const docsRoute = defineRoute({
  method: "get",
  path: "/docs",
  operationId: "getDocs",
  tag: "service",
  summary: { "zh-CN": "供人阅读的接口说明与错误码。", en: "The interface and its codes, for people." },
  scope: null,
  query: z.strictObject({ lang: z.enum(LANGUAGES).optional() }),
  responses: { 200: { description: { "zh-CN": "网页。", en: "A page." }, otherTypes: ["text/html"] } },
  problems: [],
});
