import { pgSchema, smallint, text, timestamp, uuid } from "drizzle-orm/pg-core";
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

/** One row: by which keys and suite this installation seals and finds people, as digests. Stated once, never changed. */
export const installation = accessSchema.table("installation", {
  installation: smallint("installation").primaryKey(),
  suite: text("suite").notNull(),
  indexFingerprint: bytea("index_fingerprint").notNull(),
  masterFingerprint: bytea("master_fingerprint").notNull(),
  statedAt: timestamp("stated_at", { withTimezone: true }).notNull(),
});
