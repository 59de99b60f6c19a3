ALTER TABLE "admission"."version" ADD COLUMN "assessed_on" date;--> statement-breakpoint
ALTER TABLE "ledger"."entry" ADD COLUMN "assessed_on" date;