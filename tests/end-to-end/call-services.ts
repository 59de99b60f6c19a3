import type {
  BatchResponse,
  EntriesResponse,
  LookupResponse,
  PlatformsResponse,
  PullsResponse,
  RecordsResponse,
  VerdictResponse,
} from "@xueshi/contracts";
import type { Person } from "./small-feeds.ts";
import type { MainJob } from "./start-main-job.ts";
import { waitFor } from "./wait-for.ts";

/** The economics series in Quzhou, whose platform of record is the city's. */
export const ANNUAL_DUTY = {
  place: "quzhou",
  year: 2020,
  kind: "annual-duty",
  series: "economics",
  education: "bachelor",
};

export interface Called<Body> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

/** Sends one request and reads its JSON. */
export async function call<Body>(
  url: string,
  key: string,
  method = "GET",
  body?: unknown,
  msMax = 60_000,
  headers: Readonly<Record<string, string>> = {},
): Promise<Called<Body>> {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(msMax),
    headers: {
      Authorization: `Bearer ${key}`,
      "Accept-Language": "en",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Body, headers: response.headers };
}

/** One look at what goes on: a service whose database is just gone may take longer to say so. */
const LOOK_MS_MAX = 2_000;

/** The services of a main job, asked as their users ask them, each with its own key. */
export function servicesOf(job: MainJob) {
  const { sources, declarationSystem, operator } = job.credentials();
  const { ingestionWorker, queryApi } = job.urls;
  const sourceKey = (source: string) => sources[source]?.apiKey ?? "";
  return {
    push: (source: string, records: readonly unknown[]) =>
      call<RecordsResponse>(`${ingestionWorker}/v1/records`, sourceKey(source), "POST", { records }),
    withdraw: (source: string, recordId: string, reason: string) =>
      call<RecordsResponse>(`${ingestionWorker}/v1/records/${recordId}`, sourceKey(source), "DELETE", { reason }),
    /** The batch once it is posted. */
    posted: (source: string, batchId: string) =>
      waitFor(`batch ${batchId} to be posted`, async () => {
        const { body } = await call<BatchResponse>(`${ingestionWorker}/v1/batches/${batchId}`, sourceKey(source));
        return body.state === "posted" ? body : null;
      }),
    async check(practitioner: Person, more: Readonly<Record<string, unknown>> = {}, declaration: object = ANNUAL_DUTY) {
      const { apiKey } = declarationSystem;
      const question = { practitioner, declaration, ...more };
      const { body } = await call<VerdictResponse>(`${queryApi}/v1/checks`, apiKey, "POST", question);
      return body;
    },
    async entries(practitioner: Person) {
      const { apiKey } = declarationSystem;
      const found = await call<LookupResponse>(`${queryApi}/v1/practitioners/lookup`, apiKey, "POST", { practitioner });
      const list = `${queryApi}/v1/practitioners/${found.body.practitionerId}/entries?limit=500`;
      return (await call<EntriesResponse>(list, apiKey)).body.entries;
    },
    /** Empty while the service cannot tell. */
    async platforms(): Promise<PlatformsResponse["platforms"]> {
      const list = `${ingestionWorker}/v1/platforms`;
      const { status, body } = await call<PlatformsResponse>(list, operator.apiKey, "GET", undefined, LOOK_MS_MAX);
      return status === 200 ? body.platforms : [];
    },
    /** Newest first; empty while the service cannot tell. */
    async pulls(platform: string): Promise<PullsResponse["pulls"]> {
      const list = `${ingestionWorker}/v1/pulls?platform=${platform}&limit=100`;
      const { status, body } = await call<PullsResponse>(list, operator.apiKey, "GET", undefined, LOOK_MS_MAX);
      return status === 200 ? body.pulls : [];
    },
  };
}
