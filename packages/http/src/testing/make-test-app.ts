import { defineRoute, type Scope } from "@xueshi/contracts";
import { z } from "zod";
import { type App, type AppOptions, createApp } from "../app/create-app.ts";
import { hashApiKey } from "../auth/api-key.ts";
import { authenticate } from "../auth/authenticate.ts";
import type { Principal } from "../auth/principal.ts";

export const KEY = `xs_declaration-system_${"a".repeat(43)}`;
export const ID_NUMBER = "330899197312100005";

export const echoRoute = defineRoute({
  method: "post",
  path: "/v1/echoes/{echoId}",
  operationId: "echo",
  tag: "test",
  summary: { "zh-CN": "回显。", en: "Echo." },
  scope: "checks:write",
  params: z.strictObject({ echoId: z.string().regex(/^[a-z0-9-]+$/) }),
  query: z.strictObject({ limit: z.string().optional() }),
  body: {
    name: "EchoRequest",
    schema: z.strictObject({ name: z.string().max(10), hours: z.number() }),
    example: { name: "a", hours: 1 },
    bytesMax: 200,
  },
  responses: { 200: { description: { "zh-CN": "回显。", en: "Echo." } } },
  problems: [],
});

export const linesRoute = defineRoute({
  ...echoRoute,
  path: "/v1/lines",
  operationId: "lines",
  params: z.strictObject({}),
  body: {
    ...echoRoute.body,
    name: "LinesRequest",
    lines: { bytesMax: 1_000, lineBytesMax: 40, linesMax: 5 },
  },
});

export const optionalRoute = defineRoute({
  method: "delete",
  path: "/v1/optional",
  operationId: "optional",
  tag: "test",
  summary: { "zh-CN": "可无正文。", en: "Optional body." },
  scope: "checks:write",
  body: {
    name: "OptionalRequest",
    schema: z.strictObject({ reason: z.string() }),
    example: { reason: "a" },
    bytesMax: 100,
    optional: true,
  },
  responses: { 200: { description: { "zh-CN": "回显。", en: "Echo." } } },
  problems: [],
});

export const publicRoute = defineRoute({
  method: "get",
  path: "/v1/times",
  operationId: "getTimes",
  tag: "test",
  summary: { "zh-CN": "时间。", en: "Times." },
  scope: null,
  responses: { 200: { description: { "zh-CN": "时间。", en: "Times." } } },
  problems: [],
});

export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface TestApp {
  readonly app: App;
  readonly lines: LogLine[];
  /** Moves the app's clock. */
  advance(ms: number): void;
  post(path: string, body: object | string, headers?: Record<string, string>): Promise<Response>;
}

export function principal(scopes: readonly Scope[]): Principal {
  return { keyId: "key-1", kind: "declaration-system", name: "test", scopes };
}

/** An app with one key, a clock that stands still and request ids in order. */
export function makeTestApp(options: Partial<AppOptions> = {}, scopes: readonly Scope[] = ["checks:write"]): TestApp {
  let nowMs = Date.UTC(2020, 6, 31);
  let issued = 0;
  const lines: LogLine[] = [];
  const log =
    (level: LogLine["level"]) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
      lines.push({ level, message, fields });
    };
  const clock = (): number => nowMs;
  const known = new Map([[hashApiKey(KEY), principal(scopes)]]);
  const app = createApp({
    title: { "zh-CN": "测试", en: "Test" },
    version: "0.0.0",
    logger: { info: log("info"), warn: log("warn"), error: log("error") },
    clock,
    ids: () => `request-${++issued}`,
    classifyFailure: () => "never",
    authenticate: authenticate({ clock, lookup: async (keyHash) => known.get(keyHash) ?? null }),
    ...options,
  });
  return {
    app,
    lines,
    advance(ms) {
      nowMs += ms;
    },
    async post(path, body, headers = {}) {
      const raw = typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
      return app.fetch(
        new Request(`http://localhost${path}`, {
          method: "POST",
          headers: { "Content-Type": "application/json", Authorization: `Bearer ${KEY}`, ...headers },
          body: raw ? body : JSON.stringify(body),
          duplex: "half",
        } as RequestInit),
      );
    },
  };
}
