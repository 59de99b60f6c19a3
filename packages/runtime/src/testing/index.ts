/** Support for tests: no service imports this. */
export { startTestPostgres } from "./start-test-postgres.ts";
export { startTestRedis, type TestRedis } from "./start-test-redis.ts";
