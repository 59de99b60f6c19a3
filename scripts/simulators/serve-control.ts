import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { canHappen, FAULT_KINDS, type Fault } from "./faults.ts";
import { type MisbehaviourSettings, parseRates, ROUTES } from "./misbehaviour.ts";
import { closeServer, listen } from "./serve-platform.ts";
import type { RowTouch, Simulators } from "./start-simulators.ts";

const BODY_BYTES_MAX = 1_048_576;
const SETTINGS = ["strikesMax", "strikesMaxOfKind", "requestsToPass", "slowMsMax", "shortListRows"] as const;

export type Control = { url: string; close: () => Promise<void> };

type Body = Readonly<Record<string, unknown>>;
type Action = (body: Body) => unknown;

/** A request that says something wrong: 400 with this text. */
class BadRequest extends Error {}

/**
 * Serves the switches of running simulators, on the loopback address only. Bodies and answers are JSON:
 * - `GET /` the counters · `POST /misbehave` `{"seed":7,"rates":"status=0.1,half_page=0.05","strikesMax":20,…}`
 * - `POST /behave` no fault any more, files whole · `POST /redeliver` the files, drawn anew
 * - `POST /faults` one fault to arm · `POST /touch` a row under another update time, also one in the future
 * - `POST /append` `{"platform":…,"rows":[…]}` rows, also back-dated ones · `POST /remove` a record, without a trace
 */
export async function serveControl(simulators: Simulators, port: number): Promise<Control> {
  const server = createServer((request, response) => {
    answer(simulators, request, response).catch((error: unknown) => {
      const isBad = error instanceof BadRequest;
      reply(response, isBad ? 400 : 500, { error: error instanceof Error ? error.message : "unknown error" });
    });
  });
  const url = await listen(server, "127.0.0.1", port);
  return { url, close: () => closeServer(server) };
}

function actionsOf(simulators: Simulators): Readonly<Record<string, Action>> {
  return {
    "POST /misbehave": (body) => simulators.misbehave(readSettings(body)),
    "POST /behave": () => simulators.behave(),
    "POST /redeliver": () => simulators.redeliver(),
    "POST /faults": (body) => simulators.setFault(readFault(body)),
    "POST /touch": (body) => simulators.touch(readTouch(body)),
    "POST /append": (body) => simulators.append(readTouch(body).platform, readRows(body)),
    "POST /remove": (body) => simulators.remove(readTouch(body).platform, readTouch(body).id),
  };
}

async function answer(simulators: Simulators, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = `${request.method} ${request.url}`;
  const action = actionsOf(simulators)[route];
  if (action === undefined && route !== "GET /") return reply(response, 404, { error: `there is no ${route}` });
  const body = await readBody(request);
  try {
    await action?.(body);
  } catch (error) {
    throw error instanceof Error ? new BadRequest(error.message) : error;
  }
  reply(response, 200, { counters: simulators.counters });
}

/** @throws Error naming what is wrong. */
function readSettings(body: Body): MisbehaviourSettings {
  const { seed = 1, rates, elsewhere, routes = ROUTES } = body;
  if (!Number.isSafeInteger(seed)) throw new Error("seed must be a whole number.");
  if (typeof rates !== "string") throw new Error("rates must be text such as status=0.1,half_page=0.05.");
  if (elsewhere !== undefined && typeof elsewhere !== "string") throw new Error("elsewhere must be a URL.");
  const known = ROUTES.filter((route) => Array.isArray(routes) && routes.includes(route));
  if (known.length === 0) throw new Error(`routes must be a list of ${ROUTES.join(", ")}.`);
  const numbers = SETTINGS.filter((name) => body[name] !== undefined).map((name) => {
    const value = body[name];
    if (!Number.isSafeInteger(value) || Number(value) < 1) throw new Error(`${name} must be a whole number above 0.`);
    return [name, Number(value)] as const;
  });
  return {
    ...Object.fromEntries(numbers),
    ...(elsewhere === undefined ? {} : { elsewhere }),
    routes: known,
    seed: Number(seed),
    rates: parseRates(rates),
  };
}

function readFault(body: Body): Fault {
  const fault = body as Fault;
  const { platform, kind, route = "rows" } = fault;
  const isKnown = FAULT_KINDS.includes(kind) && ["quzhou-city", "zj-industry"].includes(platform);
  if (!isKnown || !canHappen(kind, platform, route))
    throw new Error(`${kind} cannot happen to ${route} of ${platform}.`);
  return fault;
}

function readTouch(body: Body): RowTouch {
  const touch = body as RowTouch;
  if (!["quzhou-city", "zj-industry"].includes(touch.platform)) throw new Error("platform must be one that has HTTP.");
  return touch;
}

function readRows({ rows }: Body): Record<string, unknown>[] {
  if (!Array.isArray(rows) || !rows.every((row) => typeof row === "object" && row !== null)) {
    throw new Error("rows must be a list of rows.");
  }
  return rows as Record<string, unknown>[];
}

/** @throws BadRequest when the body is too long or no JSON object; none is an empty one. */
async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk as Buffer);
  }
  if (bytes > BODY_BYTES_MAX) throw new BadRequest("the body is too long");
  const text = Buffer.concat(chunks).toString("utf8");
  if (text === "") return {};
  const value = parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadRequest("the body must be a JSON object");
  }
  return value as Body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function reply(response: ServerResponse, statusCode: number, value: unknown): void {
  response.writeHead(statusCode, { "content-type": "application/json; charset=utf-8" });
  response.end(`${JSON.stringify(value)}\n`);
}
