/** Support for tests: no service imports this. */
export { createTestDatabase, type TestDatabase } from "./create-test-database.ts";
export { insertAnyRows } from "./insert-any-rows.ts";
export { openTestDatabase } from "./open-test-database.ts";
export { backendOf, waitUntilBlocked } from "./wait-until-blocked.ts";
