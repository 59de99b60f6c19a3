import { z } from "zod";
import { keyInBody, milliseconds } from "./http-json-place.ts";

const setting = z.string().min(1);
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/);

/** Logs in with the settings named in `credentials` as the JSON body; the token then goes into a header. */
const tokenLogin = z
  .object({
    kind: z.literal("token-login"),
    path: z.string().startsWith("/"),
    credentials: z.array(setting).min(1).readonly(),
    token: keyInBody,
    expiresInSeconds: keyInBody,
    header: headerName,
    /** A token is renewed this long before its life ends (at most half of its life). */
    renewBeforeMs: milliseconds,
  })
  .readonly();

/**
 * What a signed text is made of. `path-and-query` is the path, a question mark (also before an empty query) and the
 * query with its keys sorted; `body-digest` is the digest of the body by the signature's algorithm, in its encoding,
 * of no bytes where there is no body.
 */
const signedPart = z.enum([
  "method",
  "path",
  "sorted-query",
  "path-and-query",
  "timestamp",
  "nonce",
  "body-digest",
  "app-key",
]);

/**
 * An HMAC over parts of each request, in order, joined by the separator: by SHA-256, or by SM3 (GB/T 32905). Without
 * further settings the text is METHOD, path with sorted query and the timestamp in seconds, on a line each.
 */
const hmacSigned = z
  .object({
    kind: z.literal("hmac-signed"),
    /** Settings that hold the key's name and the secret. */
    credentials: z.tuple([setting, setting]).readonly(),
    keyHeader: headerName,
    timestampHeader: headerName,
    signatureHeader: headerName,
    /** Carries a nonce, new for each request; null: none is sent. */
    nonceHeader: headerName.nullable().default(null),
    skewMsMax: milliseconds,
    algorithm: z.enum(["sha256", "sm3"]).default("sha256"),
    encoding: z.enum(["hex", "base64"]).default("hex"),
    timestampUnit: z.enum(["seconds", "milliseconds"]).default("seconds"),
    parts: z.array(signedPart).min(1).max(16).readonly().default(["method", "path-and-query", "timestamp"]),
    separator: z.string().max(8).default("\n"),
  })
  .refine(({ parts, nonceHeader }) => nonceHeader !== null || !parts.includes("nonce"), {
    path: ["nonceHeader"],
    message: "A nonce that is signed is also sent.",
  })
  .readonly();

/** A key that goes with each request as it is, behind a prefix such as `Bearer ` where there is one. */
const apiKey = z
  .object({
    kind: z.literal("api-key"),
    /** The setting that holds the key. */
    credential: setting,
    header: headerName,
    prefix: z.string().max(40).default(""),
  })
  .readonly();

/**
 * OAuth 2.0 client credentials (RFC 6749, 4.4): a token for the client itself, sent as `Authorization: Bearer` (RFC
 * 6750). The token path is below the target's `tokenBaseUrl`, or below its `baseUrl` where it names none, so the secret
 * goes to addresses of the installation only.
 */
const oauth2ClientCredentials = z
  .object({
    kind: z.literal("oauth2-client-credentials"),
    tokenPath: z.string().startsWith("/"),
    /** Settings that hold the client's id and its secret. */
    credentials: z.tuple([setting, setting]).readonly(),
    /** RFC 6749, 2.3.1: in an Authorization header, or in the form. */
    clientAuthentication: z.enum(["client_secret_basic", "client_secret_post"]).default("client_secret_basic"),
    scope: z.string().min(1).nullable().default(null),
    /** A token is renewed this long before its life ends (at most half of its life). */
    renewBeforeMs: milliseconds,
  })
  .readonly();

/** The platform asks nobody who they are: it is reached from inside a network only. */
const none = z.object({ kind: z.literal("none") }).readonly();

/** How a platform knows who asks. */
export const authSchema = z.discriminatedUnion("kind", [tokenLogin, hmacSigned, apiKey, oauth2ClientCredentials, none]);

export type TokenLogin = z.infer<typeof tokenLogin>;
export type HmacSigned = z.infer<typeof hmacSigned>;
export type ApiKey = z.infer<typeof apiKey>;
export type ClientCredentials = z.infer<typeof oauth2ClientCredentials>;
