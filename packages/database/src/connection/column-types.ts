import { customType } from "drizzle-orm/pg-core";

/** Raw bytes; digests and ciphertexts. */
export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" });
