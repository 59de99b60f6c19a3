import type { ApiKey, HttpJsonConnection } from "@xueshi/platforms";
import type { Authoriser } from "./authorise.ts";
import { isHeaderToken } from "./keep-token.ts";
import { logIn } from "./log-in.ts";
import { logInAsClient } from "./log-in-as-client.ts";
import type { HttpTarget } from "./pull-context.ts";
import type { Send } from "./send-request.ts";
import { signRequests } from "./sign-requests.ts";

/**
 * The way a connection proves who asks.
 * @param send sends what a login needs, by the pace and the limits of the platform
 * @throws TypeError when requests carry a nonce and the target has no line, which makes them
 */
export function chooseAuthoriser(connection: HttpJsonConnection, target: HttpTarget, send: Send): Authoriser {
  const { auth, envelope } = connection;
  switch (auth.kind) {
    case "token-login":
      return logIn(auth, envelope, target, send);
    case "hmac-signed":
      if (auth.nonceHeader !== null && target.line === undefined) throw new TypeError("Nothing makes nonces here.");
      return signRequests(auth, target.credentials, target.line?.newId ?? null);
    case "api-key":
      return sendKey(auth, target.credentials);
    case "oauth2-client-credentials":
      return logInAsClient(auth, target, send);
    case "none":
      return { authorise: async () => ({ kind: "headers", headers: {} }), refused: () => "login_refused" };
  }
}

/** A key that cannot be sent in a header, or none at all, is `credential_missing`; nothing is asked with it. */
function sendKey(auth: ApiKey, credentials: HttpTarget["credentials"]): Authoriser {
  const key = credentials[auth.credential];
  return {
    async authorise() {
      if (!isHeaderToken(key)) return { kind: "fault", reason: "credential_missing" };
      return { kind: "headers", headers: { [auth.header]: auth.prefix + key } };
    },
    refused: () => "login_refused",
  };
}
