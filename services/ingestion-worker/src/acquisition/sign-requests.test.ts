import { createHash, createHmac } from "node:crypto";
import type { HmacSigned } from "@xueshi/platforms";
import { describe, expect, it } from "vitest";
import { signRequests } from "./sign-requests.ts";
import { county } from "./testing/county-server.ts";
import { createTestContext, NOW_MS } from "./testing/test-context.ts";

type Settings = Extract<NonNullable<Parameters<typeof county>[0]["auth"]>, { kind: "hmac-signed" }>;

const BASE = {
  kind: "hmac-signed",
  credentials: ["appKey", "secret"],
  keyHeader: "x-app-key",
  timestampHeader: "x-timestamp",
  signatureHeader: "x-sign",
  skewMsMax: 300_000,
} as const satisfies Settings;
const CREDENTIALS = { appKey: "key-1", secret: "a-secret" };
const SECONDS = String(NOW_MS / 1_000);

async function sign(settings: Partial<Settings>, request: { method?: "GET" | "POST"; url: string; body?: string }) {
  const { auth } = county({ auth: { ...BASE, ...settings } }).connection;
  const nonces = ["nonce-1", "nonce-2"];
  const authoriser = signRequests(auth as HmacSigned, CREDENTIALS, () => nonces.shift() ?? "");
  const { method = "GET", url, ...body } = request;
  const authorised = await authoriser.authorise({ method, url: new URL(url), ...body }, createTestContext());
  if (authorised.kind === "fault") throw new Error(authorised.reason);
  return authorised.headers;
}

describe("SM3 (GB/T 32905)", () => {
  it("gives the digests of the standard's examples", () => {
    const sm3 = (text: string) => createHash("sm3").update(text).digest("hex");
    expect(sm3("abc")).toBe("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    expect(sm3("abcd".repeat(16))).toBe("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
  });

  it("makes the HMAC of the example in GM/T 0042", () => {
    const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index + 1));
    const text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".repeat(2);
    const expected = "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a";
    expect(createHmac("sm3", key).update(text).digest("hex")).toBe(expected);
  });

  it("signs by SM3 where it is configured: the text and the value that `openssl dgst -sm3 -hmac` gives for it", async () => {
    const headers = await sign(
      { algorithm: "sm3", parts: ["method", "path", "nonce", "app-key"], nonceHeader: "x-nonce" },
      { method: "POST", url: "http://county/hours?ignored=1", body: "{}" },
    );
    expect(headers).toEqual({
      "x-app-key": "key-1",
      "x-timestamp": SECONDS,
      "x-nonce": "nonce-1",
      "x-sign": "1480b73321c5d958327be6aab1e32f684ba675451582ede71ae7da789804eb7c",
    });
  });
});

/** The HMAC of RFC 2104 by its definition, from the hash alone. */
function hmacByDefinition(algorithm: string, key: string, text: string): Buffer {
  const block = Buffer.alloc(64);
  block.write(key);
  const digest = (pad: number, inner: Uint8Array) =>
    createHash(algorithm)
      .update(block.map((byte) => byte ^ pad))
      .update(inner)
      .digest();
  return digest(0x5c, digest(0x36, Buffer.from(text)));
}

const BODY = '{"page":1}';
const bodyDigest = (algorithm: string, encoding: "hex" | "base64", body: string) =>
  createHash(algorithm).update(body).digest(encoding);

describe("a signed text", () => {
  const request = { method: "POST", url: "http://county/open/hours?b=2&a=1", body: BODY } as const;
  it.each<[string, Partial<Settings>, string, "sha256" | "sm3", "hex" | "base64"]>([
    ["the default", {}, `POST\n/open/hours?a=1&b=2\n${SECONDS}`, "sha256", "hex"],
    ["base64", { encoding: "base64" }, `POST\n/open/hours?a=1&b=2\n${SECONDS}`, "sha256", "base64"],
    [
      "all parts, in the order that is said",
      {
        algorithm: "sm3",
        encoding: "base64",
        separator: "&",
        nonceHeader: "x-nonce",
        timestampUnit: "milliseconds",
        parts: ["app-key", "body-digest", "nonce", "timestamp", "sorted-query", "path", "method"],
      },
      `key-1&${bodyDigest("sm3", "base64", BODY)}&nonce-1&${NOW_MS}&a=1&b=2&/open/hours&POST`,
      "sm3",
      "base64",
    ],
    [
      "no separator",
      { separator: "", parts: ["method", "body-digest"] },
      `POST${bodyDigest("sha256", "hex", BODY)}`,
      "sha256",
      "hex",
    ],
  ])("is %s", async (_name, settings, text, algorithm, encoding) => {
    const headers = await sign(settings, request);
    expect(headers["x-sign"]).toBe(hmacByDefinition(algorithm, "a-secret", text).toString(encoding));
  });

  it("has the digest of no bytes where there is no body, and a question mark before no query", async () => {
    const headers = await sign({ parts: ["path-and-query", "body-digest"] }, { url: "http://county/hours" });
    const text = `/hours?\n${bodyDigest("sha256", "hex", "")}`;
    expect(headers["x-sign"]).toBe(hmacByDefinition("sha256", "a-secret", text).toString("hex"));
  });

  it("with a nonce that is not sent is refused as configuration", () => {
    expect(() => county({ auth: { ...BASE, parts: ["method", "nonce"] } })).toThrow(
      /nonce that is signed is also sent/,
    );
  });
});
