export { type QueryApiOptions, type RunningService, startQueryApi } from "./start-query-api.ts";
