export { type FetchedCatalogue, fetchCatalogue } from "./fetch-catalogue.ts";
export { createHttpSession, type HttpSession, type Reading } from "./http-session.ts";
export type { HttpTarget, PullContext, PullLogger } from "./pull-context.ts";
export type {
  PullCursor,
  PullEnd,
  PullEvent,
  PulledPage,
  PullReason,
  RefusedFile,
} from "./pull-event.ts";
export { pullHttpPages } from "./pull-http-pages.ts";
export { scanFiles } from "./scan-files.ts";
