import { z } from "zod";
import { authSchema } from "./http-json-auth.ts";
import { pagingSchema } from "./http-json-paging.ts";
import { endpointProblem, endpointShape, expectedValue, milliseconds, placeInBody } from "./http-json-place.ts";

/** At most so many requests in a minute, logins among them; one at a time. */
const rateLimit = z
  .object({ requestsPerMinuteMax: z.int().min(1).max(60_000), concurrentMax: z.literal(1).default(1) })
  .readonly();

/** How a platform with an HTTP interface that answers JSON is asked, and what its answers look like. */
export const httpJsonConnectionSchema = z
  .object({
    transport: z.literal("http-json"),
    auth: authSchema,
    /**
     * `ok` is what every good body says; null: the platform has no such word, and HTTP 200 with a list is good.
     * `notAuth` says that the login is gone, though HTTP may say 200.
     */
    envelope: z.object({ ok: expectedValue.nullable(), notAuth: expectedValue.nullable() }).readonly(),
    list: z.object({ ...endpointShape, rows: placeInBody }).readonly(),
    paging: pagingSchema,
    /** The platform's own course catalogue, fetched at the start of each pull. */
    catalogue: z
      .object({
        ...endpointShape,
        entries: placeInBody,
        codeField: z.string().min(1),
        classField: z.string().min(1),
      })
      .readonly()
      .nullable(),
    /**
     * Where the platform answers what it has of days and records (reconciling.md of the contracts); null: it does not.
     * `answer` is where the protocol's own body sits in its answers.
     */
    reconciliation: z
      .object({ days: z.object(endpointShape), records: z.object(endpointShape), answer: placeInBody.default([]) })
      .readonly()
      .nullable()
      .default(null),
    /** For connecting, the handshake of TLS included; absent: ten seconds. */
    connectTimeoutMs: milliseconds.optional(),
    /** For one request, from asking to the last byte of the answer. */
    requestTimeoutMs: milliseconds,
    /** Of one answer, after it is decompressed. */
    bodyBytesMax: z.int().min(1).max(268_435_456),
    /** Requests for pages of one pull; of one pass where all is read more than once. */
    pagesMax: z.int().min(1),
    retry: z
      .object({ attemptsMax: z.int().min(1).max(20), delayMsFirst: milliseconds, delayMsMax: milliseconds })
      .readonly(),
    /** Absent: no pause between requests. */
    rateLimit: rateLimit.optional(),
  })
  .superRefine(({ list, catalogue, paging, reconciliation }, context) => {
    const { days = null, records = null } = reconciliation ?? {};
    for (const [name, endpoint] of Object.entries({ list, catalogue, days, records })) {
      const problem = endpoint === null ? null : endpointProblem(endpoint);
      if (problem !== null) context.addIssue({ code: "custom", path: [name], message: problem });
    }
    if (paging.kind === "link" && list.method !== "GET") {
      context.addIssue({ code: "custom", path: ["list", "method"], message: "A link is followed by GET." });
    }
  })
  .readonly();

/** A connection as it is written in a platform's folder: settings with a default may be left out. */
export type HttpJsonSettings = z.input<typeof httpJsonConnectionSchema>;
export type HttpJsonConnection = z.infer<typeof httpJsonConnectionSchema>;
