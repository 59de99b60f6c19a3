import { readFile } from "node:fs/promises";
import { getCACertificates } from "node:tls";
import type { Connection, HttpJsonConnection, Platform } from "@xueshi/platforms";
import { Agent, type Dispatcher, ProxyAgent, fetch as undiciFetch } from "undici";
import { Pace } from "./pace.ts";
import type { HttpTargetSettings, PlatformTargets, TargetSettings } from "./platform-targets.ts";
import type { PlatformLine } from "./pull-context.ts";

/** The targets of an installation, each http-json one with a line of its own. */
export interface OpenLines {
  readonly targets: PlatformTargets;
  /** Ends every connection, also one that still carries a request. */
  close(): Promise<void>;
}

/**
 * Opens a line to each target of an http-json platform: connections that are kept from one pull to the next, over the
 * target's proxy where it names one, and the pace that holds from one pull to the next. Nothing is sent yet.
 * @throws Error naming the platform and the file when a certificate file cannot be read
 */
export async function openLines(
  settings: TargetSettings,
  platforms: readonly Platform[],
  newId: () => string,
): Promise<OpenLines> {
  const dispatchers: Dispatcher[] = [];
  const targets: Record<string, PlatformTargets[string]> = {};
  for (const [name, target] of Object.entries(settings)) {
    if (!("baseUrl" in target)) {
      targets[name] = target;
      continue;
    }
    const connection = httpJsonOf(platforms.find((platform) => platform.name === name)?.connection);
    const dispatcher = createDispatcher(target, connection, await readCertificates(name, target.caFile));
    dispatchers.push(dispatcher);
    const { baseUrl, tokenBaseUrl, credentials } = target;
    const pace = new Pace(connection?.rateLimit?.requestsPerMinuteMax ?? null);
    const line: PlatformLine = { fetch: fetchOver(dispatcher), pace, newId };
    targets[name] = { baseUrl, tokenBaseUrl, credentials, line };
  }
  return {
    targets,
    async close() {
      await Promise.all(dispatchers.map((dispatcher) => dispatcher.destroy()));
    },
  };
}

function httpJsonOf(connection: Connection | undefined): HttpJsonConnection | null {
  return connection?.transport === "http-json" ? connection : null;
}

/** The certificates that Node trusts anyway, and those of the file. */
async function readCertificates(platform: string, caFile: string | undefined): Promise<readonly string[] | null> {
  if (caFile === undefined) return null;
  const text = await readFile(caFile, "utf8").catch(() => "");
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    throw new Error(`The certificates of ${platform} cannot be read as PEM from ${caFile}.`);
  }
  return [...getCACertificates("default"), text];
}

/**
 * One connection to an address, so one request at a time. The session sets the time of a whole request; undici's own
 * limits for parts of an answer are off.
 */
function createDispatcher(
  { proxy }: HttpTargetSettings,
  connection: HttpJsonConnection | null,
  certificates: readonly string[] | null,
): Dispatcher {
  const timeout = connection?.connectTimeoutMs;
  const tls = {
    allowH2: false,
    ...(timeout === undefined ? {} : { timeout }),
    ...(certificates === null ? {} : { ca: [...certificates] }),
  };
  const limits = { allowH2: false, connections: 1, headersTimeout: 0, bodyTimeout: 0 };
  if (proxy === undefined) return new Agent({ ...limits, connect: tls });
  return new ProxyAgent({ ...limits, uri: proxy, requestTls: tls, proxyTls: tls });
}

/** Both halves are of one package: Node's own fetch may refuse the dispatchers of another version. */
function fetchOver(dispatcher: Dispatcher): typeof globalThis.fetch {
  const over = (url: URL, init: object) => undiciFetch(url, { ...init, dispatcher });
  return over as unknown as typeof globalThis.fetch;
}
