ALTER TABLE "verdict"."kept_verdict" ADD COLUMN "seal" "bytea";--> statement-breakpoint
CREATE INDEX "platform_mark_recorded" ON "ledger"."platform_mark" USING btree ("platform","recorded_at");