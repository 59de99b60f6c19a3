export { type FetchedCatalogue, fetchCatalogue } from "./fetch-catalogue.ts";
export { createHttpSession, type HttpSession, type Reading } from "./http-session.ts";
export type { HttpTarget, PullContext, PullLogger } from "./pull-context.ts";
export {
  PULL_REASONS,
  type PullCursor,
  type PullEnd,
  type PullEvent,
  type PulledPage,
  type PulledRow,
  type PullReason,
  type RefusedFile,
} from "./pull-event.ts";
export { pullHttpPages } from "./pull-http-pages.ts";
export { scanFiles } from "./scan-files.ts";
