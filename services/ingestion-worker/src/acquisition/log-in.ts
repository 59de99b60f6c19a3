import type { HttpJsonConnection, TokenLogin } from "@xueshi/platforms";
import type { Authorised, Authoriser } from "./authorise.ts";
import { says, valueAt } from "./json-path.ts";
import { parseJson } from "./parse-json.ts";
import type { HttpTarget, PullContext } from "./pull-context.ts";
import { sendRequest } from "./send-request.ts";

interface Token {
  readonly value: string;
  readonly renewAtMs: number;
}

/**
 * Logs in for a token and sends it as a header. The token is renewed before its life ends by the clock, and at once when
 * the platform says that it is gone; a second refusal, right after that new login, means `login_refused`.
 */
export function logIn(auth: TokenLogin, connection: HttpJsonConnection, target: HttpTarget): Authoriser {
  let token: Token | null = null;
  return {
    async authorise(_request, context) {
      if (token === null || context.clock() >= token.renewAtMs) {
        const issued = await requestToken(auth, connection, target, context);
        if (issued.kind === "fault") return issued;
        token = issued.token;
      }
      return { kind: "headers", headers: { [auth.header]: token.value } };
    },
    refused(_responseHeaders, refusals) {
      token = null;
      return refusals === 1 ? null : "login_refused";
    },
  };
}

type Issued = { readonly kind: "token"; readonly token: Token } | Extract<Authorised, { kind: "fault" }>;

async function requestToken(
  auth: TokenLogin,
  connection: HttpJsonConnection,
  target: HttpTarget,
  context: PullContext,
): Promise<Issued> {
  const issuedAtMs = context.clock();
  const body = Object.fromEntries(auth.credentials.map((name) => [name, target.credentials[name] ?? ""]));
  const request = {
    method: "POST",
    url: new URL(target.baseUrl + auth.path),
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  } as const;
  const received = await sendRequest(request, connection, context);
  if (received.kind === "fault") return received;
  const { notAuth, ok } = connection.envelope;
  if (received.status === 401 || received.status === 403) return { kind: "fault", reason: "login_refused" };
  if (received.status >= 300 && received.status < 400) return { kind: "fault", reason: "redirect_refused" };
  if (received.status !== 200) return { kind: "fault", reason: "http_status" };
  const parsed = parseJson(received.bytes);
  if (parsed === undefined) return { kind: "fault", reason: "body_invalid" };
  if (notAuth !== null && says(parsed, notAuth)) return { kind: "fault", reason: "login_refused" };
  if (!says(parsed, ok)) return { kind: "fault", reason: "error_body" };
  const value = valueAt(parsed, auth.token);
  if (typeof value !== "string" || !/^[\x21-\x7e]{1,8192}$/.test(value))
    return { kind: "fault", reason: "body_invalid" };
  const lifeMs = Number(valueAt(parsed, auth.expiresInSeconds)) * 1_000;
  const renewAfterMs = lifeMs > 0 ? lifeMs - Math.min(auth.renewBeforeMs, lifeMs / 2) : Number.POSITIVE_INFINITY;
  return { kind: "token", token: { value, renewAtMs: issuedAtMs + renewAfterMs } };
}
