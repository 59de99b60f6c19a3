CREATE TABLE "verdict"."access_removal" (
	"removal_id" uuid PRIMARY KEY NOT NULL,
	"removed_at" timestamp with time zone NOT NULL,
	"accessed_before" timestamp with time zone NOT NULL,
	"actor" text NOT NULL
);
--> statement-breakpoint
-- The operator's command alone writes it, as the superuser who migrated.
SELECT ledger.guard_table('verdict.access_removal');
