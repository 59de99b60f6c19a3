import type { HttpJsonConnection, TokenLogin } from "@xueshi/platforms";
import type { Authoriser } from "./authorise.ts";
import { says, valueAt } from "./json-path.ts";
import { type Issued, isHeaderToken, keepToken } from "./keep-token.ts";
import { parseJson } from "./parse-json.ts";
import type { HttpTarget } from "./pull-context.ts";
import type { Received, Send } from "./send-request.ts";

/** Logs in for a token and sends it as a header. */
export function logIn(
  auth: TokenLogin,
  envelope: HttpJsonConnection["envelope"],
  target: HttpTarget,
  send: Send,
): Authoriser {
  const request = {
    method: "POST",
    url: new URL(target.baseUrl + auth.path),
    headers: { "content-type": "application/json" },
    body: JSON.stringify(Object.fromEntries(auth.credentials.map((name) => [name, target.credentials[name] ?? ""]))),
  } as const;
  return keepToken(
    async (context) => readToken(auth, envelope, await send(request, context)),
    (token) => ({ [auth.header]: token }),
    auth.renewBeforeMs,
  );
}

function readToken(auth: TokenLogin, { notAuth, ok }: HttpJsonConnection["envelope"], received: Received): Issued {
  if (received.kind === "fault") return received;
  if (received.status === 401 || received.status === 403) return { kind: "fault", reason: "login_refused" };
  if (received.status >= 300 && received.status < 400) return { kind: "fault", reason: "redirect_refused" };
  if (received.status !== 200) return { kind: "fault", reason: "http_status" };
  const parsed = parseJson(received.bytes);
  if (parsed === undefined) return { kind: "fault", reason: "body_invalid" };
  if (notAuth !== null && says(parsed, notAuth)) return { kind: "fault", reason: "login_refused" };
  if (ok !== null && !says(parsed, ok)) return { kind: "fault", reason: "error_body" };
  const value = valueAt(parsed, auth.token);
  if (!isHeaderToken(value)) return { kind: "fault", reason: "body_invalid" };
  return { kind: "token", value, lifeMs: Number(valueAt(parsed, auth.expiresInSeconds)) * 1_000 };
}
