import type { HttpJsonSettings } from "../http-json-connection.ts";

export const connection: HttpJsonSettings = {
  transport: "http-json",
  auth: {
    kind: "hmac-signed",
    credentials: ["appKey", "secret"],
    keyHeader: "X-App-Key",
    timestampHeader: "X-Timestamp",
    signatureHeader: "X-Sign",
    skewMsMax: 300_000,
  },
  envelope: { ok: { path: ["success"], value: true }, notAuth: null },
  list: { path: "/open/hours", rows: ["rows"] },
  paging: {
    kind: "cursor",
    cursorParameter: "cursor",
    limitParameter: "limit",
    nextCursor: ["nextCursor"],
    hasMore: ["hasMore"],
    rowsPerPage: 1_000,
  },
  catalogue: null,
  reconciliation: { days: { path: "/open/reconciliation/days" }, records: { path: "/open/reconciliation/records" } },
  requestTimeoutMs: 30_000,
  bodyBytesMax: 16_777_216,
  pagesMax: 1_000_000,
  retry: { attemptsMax: 4, delayMsFirst: 500, delayMsMax: 8_000 },
};
