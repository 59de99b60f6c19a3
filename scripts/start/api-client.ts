/** Calls the services as their users do. */
export interface ApiClient {
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
}

const RETRY_MS = 100;

/**
 * A client of one service with one key. A service that does not answer yet, or is being restarted, is asked again until
 * `giveUpAtMs`; a problem is thrown with its code.
 */
export function createApiClient(baseUrl: string, apiKey: string, clock: () => number, patienceMs: number): ApiClient {
  const call = async (path: string, init: RequestInit): Promise<unknown> => {
    const giveUpAtMs = clock() + patienceMs;
    for (;;) {
      try {
        const response = await fetch(baseUrl + path, {
          ...init,
          headers: { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" },
        });
        if (response.status < 500) {
          const body: unknown = await response.json();
          if (response.ok) return body;
          const code =
            typeof body === "object" && body !== null && "code" in body ? String(body.code) : response.status;
          throw new RefusedCall(`${init.method} ${path} was answered with ${code}`);
        }
      } catch (error) {
        if (error instanceof RefusedCall || clock() > giveUpAtMs) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  };
  return {
    get: (path) => call(path, { method: "GET" }),
    post: (path, body) => call(path, { method: "POST", body: JSON.stringify(body) }),
  };
}

/** A 4xx answer: asking again would not help. */
export class RefusedCall extends Error {}

/** Waits until a service says that it is ready. */
export async function waitUntilReady(baseUrl: string, clock: () => number, patienceMs: number): Promise<void> {
  const giveUpAtMs = clock() + patienceMs;
  for (;;) {
    const isReady = await fetch(`${baseUrl}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    if (clock() > giveUpAtMs) throw new Error(`${baseUrl} did not become ready in ${patienceMs / 1_000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
