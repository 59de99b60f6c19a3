import { SCOPES, type Scope } from "@xueshi/contracts";
import { classifyFailure } from "@xueshi/database";
import { type App, createApp, HttpProblem } from "@xueshi/http";
import type { PostingContext } from "../ledger/posting-context.ts";

/** An answer as a test looks at it. */
export interface TestAnswer {
  readonly status: number;
  /** What a test reads of it is what it asserts. */
  readonly json: ReturnType<typeof JSON.parse>;
  readonly headers: Headers;
}

export type CallAs = (
  holder: string,
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<TestAnswer>;

/** Routes of the ledger service, called by whoever is named; `nobody` has no key, `reader` may only read. */
export function callApp(context: PostingContext, addRoutes: (app: App) => void): CallAs {
  const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };
  const scopesOf = (name: string): readonly Scope[] =>
    name === "reader" ? SCOPES.filter((scope) => scope.endsWith(":read")) : SCOPES;
  const app = createApp({
    ...{ title: { "zh-CN": "测试", en: "Test" }, version: "0", logger, accessLog: false },
    ...{ clock: context.clock, ids: context.newId },
    classifyFailure,
    authenticate: (header) => {
      const name = (header ?? "").replace("Bearer ", "");
      if (name === "" || name === "nobody") throw new HttpProblem("credentials_invalid");
      return { keyId: `key of ${name}`, kind: "operator", name, scopes: scopesOf(name) };
    },
  });
  addRoutes(app);
  return async (holder, method, path, body, headers = {}) => {
    const sent = { "Content-Type": "application/json", Authorization: `Bearer ${holder}`, "Accept-Language": "en" };
    const request = {
      method,
      headers: { ...sent, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const response = await app.fetch(new Request(`http://test${path}`, request));
    return { status: response.status, json: await response.json(), headers: response.headers };
  };
}
