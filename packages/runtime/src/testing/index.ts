/** Support for tests: no service imports this. */
export { startTestMariadb, type TestMariadb } from "./start-test-mariadb.ts";
export { startTestPostgres } from "./start-test-postgres.ts";
export { startTestRedis, type TestRedis } from "./start-test-redis.ts";
