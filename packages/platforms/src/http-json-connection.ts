import { z } from "zod";

/** Where a value sits in a JSON body: the keys from the outside in. */
const jsonPath = z.array(z.string().min(1)).min(1).readonly();
const expectedValue = z.object({ path: jsonPath, value: z.union([z.string(), z.number(), z.boolean()]) }).readonly();
const milliseconds = z.int().min(1).max(3_600_000);

/** Logs in with the settings named in `credentials` as the JSON body; the token then goes into a header. */
const tokenLogin = z
  .object({
    kind: z.literal("token-login"),
    path: z.string().startsWith("/"),
    credentials: z.array(z.string().min(1)).min(1).readonly(),
    token: jsonPath,
    expiresInSeconds: jsonPath,
    header: z.string().min(1),
    /** A token is renewed this long before its life ends (at most half of its life). */
    renewBeforeMs: milliseconds,
  })
  .readonly();

/** HMAC-SHA256 over METHOD, path with the query's keys sorted, and the timestamp in seconds, in hex. */
const hmacSigned = z
  .object({
    kind: z.literal("hmac-signed"),
    /** Settings that hold the key's name and the secret. */
    credentials: z.tuple([z.string().min(1), z.string().min(1)]).readonly(),
    keyHeader: z.string().min(1),
    timestampHeader: z.string().min(1),
    signatureHeader: z.string().min(1),
    skewMsMax: milliseconds,
  })
  .readonly();

const rowsPerPage = z.int().min(1).max(10_000);

/** Pages from an update time (inclusive), ordered by it; `total` counts the rows from there on. */
const pageByUpdateTime = z
  .object({
    kind: z.literal("page-by-update-time"),
    updatedFromParameter: z.string().min(1),
    pageIndexParameter: z.string().min(1),
    pageSizeParameter: z.string().min(1),
    total: jsonPath,
    rowsPerPage,
    updatedFromFirst: z.string().min(1),
    /** The next pull starts this long before the last update time: rows that a platform commits late are met again. */
    overlapSeconds: z.int().min(0).max(86_400),
  })
  .readonly();

const cursor = z
  .object({
    kind: z.literal("cursor"),
    cursorParameter: z.string().min(1),
    limitParameter: z.string().min(1),
    nextCursor: jsonPath,
    hasMore: jsonPath,
    rowsPerPage,
  })
  .readonly();

export const httpJsonConnectionSchema = z
  .object({
    transport: z.literal("http-json"),
    auth: z.discriminatedUnion("kind", [tokenLogin, hmacSigned]),
    /** `ok` is what every good body says; `notAuth` says that the login is gone, though HTTP may say 200. */
    envelope: z.object({ ok: expectedValue, notAuth: expectedValue.nullable() }).readonly(),
    list: z.object({ path: z.string().startsWith("/"), rows: jsonPath }).readonly(),
    paging: z.discriminatedUnion("kind", [pageByUpdateTime, cursor]),
    /** The platform's own course catalogue, fetched at the start of each pull. */
    catalogue: z
      .object({
        path: z.string().startsWith("/"),
        entries: jsonPath,
        codeField: z.string().min(1),
        classField: z.string().min(1),
      })
      .readonly()
      .nullable(),
    requestTimeoutMs: milliseconds,
    bodyBytesMax: z.int().min(1).max(268_435_456),
    pagesMax: z.int().min(1),
    retry: z
      .object({ attemptsMax: z.int().min(1).max(20), delayMsFirst: milliseconds, delayMsMax: milliseconds })
      .readonly(),
  })
  .readonly();

export type HttpJsonConnection = z.infer<typeof httpJsonConnectionSchema>;
export type TokenLogin = z.infer<typeof tokenLogin>;
export type HmacSigned = z.infer<typeof hmacSigned>;
export type PageByUpdateTime = z.infer<typeof pageByUpdateTime>;
export type CursorPaging = z.infer<typeof cursor>;
