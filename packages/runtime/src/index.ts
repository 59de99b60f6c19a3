export { type Keys, loadKeys, loadSigningKey } from "./config/load-keys.ts";
export {
  type AccessLogMode,
  type Config,
  type NameVariants,
  type ParentWatch,
  readConfig,
} from "./config/read-config.ts";
export { type Environment, readEnvironment } from "./config/read-environment.ts";
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "./embedded-postgres/start-embedded-postgres.ts";
export { type Chance, systemChance } from "./ids/chance.ts";
export { createTestUuidV7 } from "./ids/create-test-uuid-v7.ts";
export { createUuidV7, type IdGenerator } from "./ids/create-uuid-v7.ts";
export type { RandomSource } from "./ids/pooled-random.ts";
export {
  createLogger,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from "./logging/create-logger.ts";
export { type ServiceExit, type ServiceOptions, type ServiceProcess, spawnService } from "./processes/spawn-service.ts";
export { RuntimeError, type RuntimeErrorCode } from "./runtime-error.ts";
export { createShutdown, type Shutdown, type ShutdownOptions, type ShutdownStep } from "./shutdown/create-shutdown.ts";
export { watchParent } from "./shutdown/watch-parent.ts";
export type { Clock } from "./time/clock.ts";
export { systemClock } from "./time/system-clock.ts";
export { type TestClock, testClock } from "./time/test-clock.ts";
export { within } from "./time/within.ts";
