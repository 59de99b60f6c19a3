import { createHmac } from "node:crypto";
import type { HmacSigned } from "@xueshi/platforms";
import type { Authoriser } from "./authorise.ts";

/**
 * Signs each request: hex HMAC-SHA256(secret, METHOD + "\n" + path + "?" + query with keys sorted + "\n" + seconds).
 * A refusal is put down to the clocks when the platform's Date header is further away than it tolerates.
 * Source: platforms.md, zj-industry.
 */
export function signRequests(auth: HmacSigned, credentials: Readonly<Record<string, string>>): Authoriser {
  const [keySetting, secretSetting] = auth.credentials;
  const key = credentials[keySetting] ?? "";
  const secret = credentials[secretSetting] ?? "";
  return {
    async authorise({ method, url }, context) {
      const timestamp = String(Math.floor(context.clock() / 1_000));
      const text = `${method}\n${url.pathname}?${sortedQuery(url)}\n${timestamp}`;
      const signature = createHmac("sha256", secret).update(text).digest("hex");
      const { keyHeader, timestampHeader, signatureHeader } = auth;
      const headers = { [keyHeader]: key, [timestampHeader]: timestamp, [signatureHeader]: signature };
      return { kind: "headers", headers };
    },
    refused(responseHeaders, _refusals, context) {
      const platformMs = Date.parse(responseHeaders.get("date") ?? "");
      return Math.abs(platformMs - context.clock()) > auth.skewMsMax ? "clock_skew" : "signature_refused";
    },
  };
}

function sortedQuery(url: URL): string {
  const parameters = url.search.slice(1).split("&");
  return parameters.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1)).join("&");
}

function keyOf(parameter: string): string {
  return parameter.split("=", 1)[0] ?? "";
}
