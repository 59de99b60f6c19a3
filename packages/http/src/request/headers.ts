import type { IncomingMessage } from "node:http";
import type { Context } from "hono";

/** Node's own request where the app runs on a Node server; undefined under `app.fetch(new Request(…))`. */
export function incomingOf(context: Context): IncomingMessage | undefined {
  const bindings = context.env as { readonly incoming?: IncomingMessage } | undefined;
  return bindings?.incoming;
}

/** A header by its lower-case name; Node's parsed headers are much faster to read than a Headers object. */
export function headerOf(context: Context, incoming: IncomingMessage | undefined, name: string): string | undefined {
  if (incoming === undefined) return context.req.raw.headers.get(name) ?? undefined;
  const value = incoming.headers[name];
  return typeof value === "string" ? value : value?.[0];
}
