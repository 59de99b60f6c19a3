import { pgSchema, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { bytea } from "../connection/column-types.ts";

export const accessSchema = pgSchema("access");

/** API keys, by digest only: a stolen table opens nothing. Bound to one source, declaration system or operator. */
export const apiKey = accessSchema.table("api_key", {
  keyId: uuid("key_id").primaryKey(),
  keyDigest: bytea("key_digest").notNull().unique(),
  kind: text("kind").notNull(),
  name: text("name").notNull(),
  scopes: text("scopes").array().notNull(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
  revokedAt: timestamp("revoked_at", { withTimezone: true }),
});
