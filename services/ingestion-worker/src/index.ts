export { type PlatformTargets, readPlatformTargets } from "./acquisition/platform-targets.ts";
export { type IngestionWorkerOptions, type RunningService, startIngestionWorker } from "./start-ingestion-worker.ts";
