export { readPlatformTargets, type TargetSettings } from "./acquisition/platform-targets.ts";
export { type IngestionWorkerOptions, type RunningService, startIngestionWorker } from "./start-ingestion-worker.ts";
