CREATE TABLE "ledger"."rule_change" (
	"change" integer PRIMARY KEY NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"state" text NOT NULL,
	"activations" integer NOT NULL,
	"routes" json NOT NULL,
	"sources" text[],
	"after_id" uuid,
	"people" bigint NOT NULL,
	"changed" bigint NOT NULL,
	"entries" bigint NOT NULL
);

--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON ledger.rule_change TO xueshi_ledger;
