export { type QueryApiOptions, type RunningService, startQueryApi } from "./start-query-api.ts";
export { createReplay, type ReplayVerdicts } from "./verdict/create-replay.ts";
export type { Replay, ReplayDifference } from "./verdict/replay.ts";
