import { createHash, createHmac } from "node:crypto";
import type { HmacSigned } from "@xueshi/platforms";
import type { AuthorisedRequest, Authoriser } from "./authorise.ts";

/**
 * Signs each request with an HMAC over the parts that the platform names, in its order; SM3 is the hash of GB/T 32905.
 * A refusal is put down to the clocks when the platform's Date header is further away than it tolerates.
 * Source: platforms.md, zj-industry, is the form without further settings.
 * @param newNonce gives another text each time; null where the platform asks for no nonce
 */
export function signRequests(
  auth: HmacSigned,
  credentials: Readonly<Record<string, string>>,
  newNonce: (() => string) | null,
): Authoriser {
  const [keySetting, secretSetting] = auth.credentials;
  const key = credentials[keySetting] ?? "";
  const secret = credentials[secretSetting] ?? "";
  const { keyHeader, timestampHeader, signatureHeader, nonceHeader } = auth;
  return {
    async authorise(request, context) {
      const nowMs = context.clock();
      const timestamp = String(auth.timestampUnit === "seconds" ? Math.floor(nowMs / 1_000) : nowMs);
      const nonce = nonceHeader === null ? "" : (newNonce?.() ?? "");
      const text = auth.parts
        .map((part) => partOf(part, auth, request, { key, timestamp, nonce }))
        .join(auth.separator);
      const signature = createHmac(auth.algorithm, secret).update(text).digest(auth.encoding);
      const headers = { [keyHeader]: key, [timestampHeader]: timestamp, [signatureHeader]: signature };
      return { kind: "headers", headers: nonceHeader === null ? headers : { ...headers, [nonceHeader]: nonce } };
    },
    refused(responseHeaders, _refusals, context) {
      const platformMs = Date.parse(responseHeaders.get("date") ?? "");
      return Math.abs(platformMs - context.clock()) > auth.skewMsMax ? "clock_skew" : "signature_refused";
    },
  };
}

interface Stamp {
  readonly key: string;
  readonly timestamp: string;
  readonly nonce: string;
}

function partOf(
  part: HmacSigned["parts"][number],
  auth: HmacSigned,
  { method, url, body = "" }: AuthorisedRequest,
  { key, timestamp, nonce }: Stamp,
): string {
  switch (part) {
    case "method":
      return method;
    case "path":
      return url.pathname;
    case "sorted-query":
      return sortedQuery(url);
    case "path-and-query":
      return `${url.pathname}?${sortedQuery(url)}`;
    case "timestamp":
      return timestamp;
    case "nonce":
      return nonce;
    case "body-digest":
      return createHash(auth.algorithm).update(body).digest(auth.encoding);
    case "app-key":
      return key;
  }
}

function sortedQuery(url: URL): string {
  const parameters = url.search.slice(1).split("&");
  return parameters.toSorted((left, right) => compare(keyOf(left), keyOf(right))).join("&");
}

function keyOf(parameter: string): string {
  return parameter.split("=", 1)[0] ?? "";
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
