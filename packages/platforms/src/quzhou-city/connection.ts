import type { HttpJsonSettings } from "../http-json-connection.ts";

export const connection: HttpJsonSettings = {
  transport: "http-json",
  auth: {
    kind: "token-login",
    path: "/api/login",
    credentials: ["appId", "secret"],
    token: ["data", "token"],
    expiresInSeconds: ["data", "expiresIn"],
    header: "Token",
    renewBeforeMs: 60_000,
  },
  envelope: { ok: { path: ["code"], value: 0 }, notAuth: { path: ["code"], value: -2 } },
  list: { path: "/api/credit/list", rows: ["data", "list"] },
  paging: {
    kind: "page-by-update-time",
    updatedFromParameter: "updatedFrom",
    pageIndexParameter: "pageIndex",
    pageSizeParameter: "pageSize",
    total: ["data", "total"],
    rowsPerPage: 1_000,
    updatedFromFirst: "2000-01-01 00:00:00",
    overlapSeconds: 120,
    overlapSecondsMax: 604_800,
  },
  catalogue: {
    path: "/api/category/list",
    entries: ["data"],
    codeField: "CategoryId",
    classField: "ClassTypeId",
  },
  reconciliation: {
    days: { path: "/api/reconciliation/days" },
    records: { path: "/api/reconciliation/records" },
    answer: ["data"],
  },
  requestTimeoutMs: 30_000,
  bodyBytesMax: 16_777_216,
  pagesMax: 1_000_000,
  retry: { attemptsMax: 4, delayMsFirst: 500, delayMsMax: 8_000 },
};
