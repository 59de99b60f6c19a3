import { createHttpSession, type HttpSession } from "../http-session.ts";
import { CityListing, type CityRow, type SmallCity } from "./city-listing.ts";
import { startTestServer, type TestRequest, type TestServer } from "./test-server.ts";

export interface CityServer extends TestServer {
  readonly listing: CityListing;
  readonly session: HttpSession;
  /** Queries of the listing so far. */
  readonly queries: () => Record<string, string>[];
}

/** Changes one answer; undefined leaves it as it is, null means that the response is dealt with. */
export type CityFault = (request: TestRequest, listing: CityListing) => unknown;

export const CITY_CREDENTIALS = { appId: "app", secret: "a-secret" };

/** The city's platform over HTTP; any token that a login gave is good. */
export async function startCityServer(
  city: SmallCity,
  rows: readonly CityRow[],
  fault: CityFault = () => undefined,
): Promise<CityServer> {
  const listing = new CityListing(rows);
  const server = await startTestServer((request) => {
    const changed = fault(request, listing);
    if (changed !== undefined) return changed === null ? undefined : changed;
    if (request.path === "/api/login") return { code: 0, data: { token: `token-${request.count}`, expiresIn: 1_800 } };
    if (request.path === "/api/credit/list") return { code: 0, data: listing.page(request.query) };
    return { code: 404, msg: "no such interface" };
  });
  const session = createHttpSession(city.connection, { baseUrl: server.url, credentials: CITY_CREDENTIALS });
  const queries = () =>
    server.requests
      .filter((request) => request.path === "/api/credit/list")
      .map((request) => Object.fromEntries(request.query));
  return { ...server, listing, session, queries };
}
