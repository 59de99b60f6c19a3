import { definePlatform, type HttpJsonConnection, type Platform, platformNamed } from "@xueshi/platforms";
import { createHttpSession, type HttpSession } from "../http-session.ts";
import type { HttpTarget } from "../pull-context.ts";
import { startTestServer, type TestHandler, type TestServer } from "./test-server.ts";

type Settings = Parameters<typeof definePlatform>[0]["connection"];
type HttpSettings = Extract<Settings, { transport: "http-json" }>;

/** A platform of no particular protocol: rows as the industry platform has them, `{"rows": […]}` unless said otherwise. */
export interface County {
  readonly platform: Platform;
  readonly connection: HttpJsonConnection;
}

export function county(settings: Partial<HttpSettings>): County {
  const industry = platformNamed("zj-industry");
  if (industry === null) throw new Error("The industry platform is gone.");
  const { title, mapping, subjects, schedule } = industry;
  const platform = definePlatform({
    name: "some-county",
    title,
    mapping,
    subjects,
    schedule,
    expectations: { maxAgeHours: 48 },
    connection: {
      transport: "http-json",
      auth: { kind: "none" },
      envelope: { ok: null, notAuth: null },
      list: { path: "/hours", rows: ["rows"] },
      paging: { kind: "page", indexParameter: "page", indexFirst: 1, pageSizeParameter: "size", rowsPerPage: 4 },
      catalogue: null,
      requestTimeoutMs: 30_000,
      bodyBytesMax: 1_000_000,
      pagesMax: 1_000,
      retry: { attemptsMax: 3, delayMsFirst: 500, delayMsMax: 8_000 },
      ...settings,
    },
  });
  if (platform.connection.transport !== "http-json") throw new Error("Another transport than was asked for.");
  return { platform, connection: platform.connection };
}

export interface CountyServer extends TestServer, County {
  readonly session: HttpSession;
}

/** The platform over HTTP, as the handler answers. */
export async function startCounty(
  settings: Partial<HttpSettings>,
  handle: TestHandler,
  target: Partial<HttpTarget> = {},
): Promise<CountyServer> {
  const server = await startTestServer(handle);
  const { platform, connection } = county(settings);
  const session = createHttpSession(connection, { baseUrl: server.url, credentials: {}, ...target });
  return { ...server, platform, connection, session };
}
