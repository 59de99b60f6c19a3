import type { ClientCredentials } from "@xueshi/platforms";
import type { Authoriser } from "./authorise.ts";
import { valueAt } from "./json-path.ts";
import { type Issued, isHeaderToken, keepToken } from "./keep-token.ts";
import { parseJson } from "./parse-json.ts";
import type { HttpTarget } from "./pull-context.ts";
import type { OutgoingRequest, Received, Send } from "./send-request.ts";
import { writeForm } from "./write-question.ts";

/**
 * Gets a token for the client itself and sends it as `Authorization: Bearer`. A token endpoint that refuses the client
 * (400, 401 or 403) is `login_refused`; a token of another type than Bearer cannot be used and is `body_invalid`.
 * Source: RFC 6749, 4.4, 5.1 and 5.2; RFC 6750, 2.1.
 */
export function logInAsClient(auth: ClientCredentials, target: HttpTarget, send: Send): Authoriser {
  const [idSetting, secretSetting] = auth.credentials;
  const id = target.credentials[idSetting] ?? "";
  const secret = target.credentials[secretSetting] ?? "";
  const request = writeTokenRequest(auth, target, id, secret);
  return keepToken(
    async (context) => {
      if (id === "" || secret === "") return { kind: "fault", reason: "credential_missing" };
      return readToken(await send(request, context));
    },
    (token) => ({ authorization: `Bearer ${token}` }),
    auth.renewBeforeMs,
  );
}

function writeTokenRequest(auth: ClientCredentials, target: HttpTarget, id: string, secret: string): OutgoingRequest {
  const isBasic = auth.clientAuthentication === "client_secret_basic";
  const basic = Buffer.from(`${formEncoded(id)}:${formEncoded(secret)}`).toString("base64");
  const form = {
    grant_type: "client_credentials",
    ...(auth.scope === null ? {} : { scope: auth.scope }),
    ...(isBasic ? {} : { client_id: id, client_secret: secret }),
  };
  return {
    method: "POST",
    url: new URL((target.tokenBaseUrl ?? target.baseUrl) + auth.tokenPath),
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      ...(isBasic ? { authorization: `Basic ${basic}` } : {}),
    },
    body: writeForm(form),
  };
}

/** As application/x-www-form-urlencoded writes it, a space as a plus. Source: RFC 6749, 2.3.1 and appendix B. */
function formEncoded(text: string): string {
  return new URLSearchParams([["", text]]).toString().slice(1);
}

function readToken(received: Received): Issued {
  if (received.kind === "fault") return received;
  const { status, bytes } = received;
  if (status === 400 || status === 401 || status === 403) return { kind: "fault", reason: "login_refused" };
  if (status >= 300 && status < 400) return { kind: "fault", reason: "redirect_refused" };
  if (status !== 200) return { kind: "fault", reason: "http_status" };
  const body = parseJson(bytes);
  const value = valueAt(body, ["access_token"]);
  const type = valueAt(body, ["token_type"]) ?? "Bearer";
  if (!isHeaderToken(value) || String(type).toLowerCase() !== "bearer") {
    return { kind: "fault", reason: "body_invalid" };
  }
  return { kind: "token", value, lifeMs: Number(valueAt(body, ["expires_in"])) * 1_000 };
}
