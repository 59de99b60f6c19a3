CREATE SCHEMA "access";
--> statement-breakpoint
CREATE SCHEMA "acquisition";
--> statement-breakpoint
CREATE SCHEMA "admission";
--> statement-breakpoint
CREATE SCHEMA "classification";
--> statement-breakpoint
CREATE SCHEMA "ledger";
--> statement-breakpoint
CREATE SCHEMA "projection";
--> statement-breakpoint
CREATE SCHEMA "requirement";
--> statement-breakpoint
CREATE SCHEMA "verdict";
--> statement-breakpoint
CREATE TABLE "access"."api_key" (
	"key_id" uuid PRIMARY KEY NOT NULL,
	"key_digest" "bytea" NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_key_key_digest_unique" UNIQUE("key_digest")
);
--> statement-breakpoint
CREATE TABLE "acquisition"."batch" (
	"batch_id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"origin" text NOT NULL,
	"pull_id" uuid,
	"closes_pull" boolean DEFAULT false NOT NULL,
	"complete_until" timestamp with time zone,
	"received_at" timestamp with time zone NOT NULL,
	"row_count" integer NOT NULL,
	"counts" jsonb NOT NULL,
	"receipts" json NOT NULL,
	"record_keys" uuid[] NOT NULL,
	"practitioner_ids" uuid[] NOT NULL,
	"posted_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "acquisition"."catalogue" (
	"platform" text NOT NULL,
	"digest" "bytea" NOT NULL,
	"fetched_at" timestamp with time zone NOT NULL,
	"entries" json NOT NULL,
	CONSTRAINT "catalogue_platform_digest_pk" PRIMARY KEY("platform","digest")
);
--> statement-breakpoint
CREATE TABLE "acquisition"."pull" (
	"pull_id" uuid PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"queued_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"state" text NOT NULL,
	"reason" text,
	"detail" jsonb,
	"pages" integer DEFAULT 0 NOT NULL,
	"rows" integer DEFAULT 0 NOT NULL,
	"rows_reread" integer DEFAULT 0 NOT NULL,
	"advertised_total" integer
);
--> statement-breakpoint
CREATE TABLE "acquisition"."pull_cursor" (
	"platform" text PRIMARY KEY NOT NULL,
	"cursor" json NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "acquisition"."raw_page" (
	"batch_id" uuid PRIMARY KEY NOT NULL,
	"wrapped_key" "bytea" NOT NULL,
	"sealed" "bytea" NOT NULL,
	"retain_until" date NOT NULL
);
--> statement-breakpoint
CREATE TABLE "admission"."identity" (
	"practitioner_id" uuid PRIMARY KEY NOT NULL,
	"name_digest" "bytea" NOT NULL,
	"claimed_at" timestamp with time zone NOT NULL,
	"claim_source" text NOT NULL,
	"claim_record_id" text NOT NULL,
	"wrapped_key" "bytea" NOT NULL,
	"sealed" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "admission"."refusal" (
	"record_key" uuid NOT NULL,
	"update_time" timestamp with time zone NOT NULL,
	"content_digest" "bytea" NOT NULL,
	"source" text NOT NULL,
	"record_id" text NOT NULL,
	"practitioner_id" uuid,
	"code" text NOT NULL,
	"title" text NOT NULL,
	"obtained_on" date,
	"attributed_year" smallint,
	"occurrences" integer NOT NULL,
	"batch_id" uuid NOT NULL,
	"batch_index" integer NOT NULL,
	CONSTRAINT "refusal_record_key_update_time_content_digest_pk" PRIMARY KEY("record_key","update_time","content_digest")
);
--> statement-breakpoint
CREATE TABLE "admission"."version" (
	"record_key" uuid NOT NULL,
	"update_time" timestamp with time zone NOT NULL,
	"content_digest" "bytea" NOT NULL,
	"source" text NOT NULL,
	"record_id" text NOT NULL,
	"practitioner_id" uuid NOT NULL,
	"name_digest" "bytea" NOT NULL,
	"status" text NOT NULL,
	"hours_hundredths" integer,
	"subject_code" text NOT NULL,
	"subject_basis" text NOT NULL,
	"title" text NOT NULL,
	"provider" text,
	"obtained_on" date,
	"studied_from" date,
	"studied_until" date,
	"attributed_year" smallint,
	"year_basis" text NOT NULL,
	"pathway" text,
	"flags" text NOT NULL,
	"note" text,
	"occurrences" integer NOT NULL,
	"batch_id" uuid NOT NULL,
	"batch_index" integer NOT NULL,
	CONSTRAINT "version_record_key_update_time_content_digest_pk" PRIMARY KEY("record_key","update_time","content_digest")
);
--> statement-breakpoint
CREATE TABLE "classification"."decision" (
	"record_key" uuid NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	"decision_id" uuid NOT NULL,
	"subject" text,
	"counts_besides" boolean NOT NULL,
	"reason" text NOT NULL,
	"document" text,
	"actor" text NOT NULL,
	CONSTRAINT "decision_record_key_decided_at_decision_id_pk" PRIMARY KEY("record_key","decided_at","decision_id")
);
--> statement-breakpoint
CREATE TABLE "ledger"."entry" (
	"practitioner_id" uuid NOT NULL,
	"sequence" bigint NOT NULL,
	"posting_id" uuid NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"kind" text NOT NULL,
	"reverses" bigint,
	"record_key" uuid,
	"slot" text NOT NULL,
	"source" text,
	"record_id" text,
	"platform" text,
	"state" text,
	"code" text,
	"hours_hundredths" integer,
	"subject" text,
	"attributed_year" smallint,
	"obtained_on" date,
	"pathway" text,
	"recognition" text,
	"title" text,
	"trace" text,
	"flags" text NOT NULL,
	"source_digest" "bytea",
	"update_time" timestamp with time zone,
	"reason" text NOT NULL,
	"actor" text NOT NULL,
	"note" text,
	"name_digest" "bytea",
	"hash" "bytea" NOT NULL,
	CONSTRAINT "entry_practitioner_id_sequence_pk" PRIMARY KEY("practitioner_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "ledger"."head" (
	"practitioner_id" uuid PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"name_digest" "bytea"
);
--> statement-breakpoint
CREATE TABLE "ledger"."platform_mark" (
	"platform" text NOT NULL,
	"pull_id" uuid NOT NULL,
	"complete_until" timestamp with time zone,
	"outcome" text NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "platform_mark_platform_pull_id_pk" PRIMARY KEY("platform","pull_id")
);
--> statement-breakpoint
CREATE TABLE "ledger"."posting" (
	"posting_id" uuid PRIMARY KEY NOT NULL,
	"batch_id" uuid,
	"reason" text NOT NULL,
	"actor" text NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"entry_count" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "projection"."balance" (
	"practitioner_id" uuid NOT NULL,
	"platform" text NOT NULL,
	"recognition" text NOT NULL,
	"attributed_year" smallint NOT NULL,
	"subject" text NOT NULL,
	"pathway" text NOT NULL,
	"hours_hundredths" bigint NOT NULL,
	CONSTRAINT "balance_practitioner_id_platform_recognition_attributed_year_subject_pathway_pk" PRIMARY KEY("practitioner_id","platform","recognition","attributed_year","subject","pathway")
);
--> statement-breakpoint
CREATE TABLE "projection"."record_state" (
	"practitioner_id" uuid NOT NULL,
	"record_key" uuid NOT NULL,
	"slot" text NOT NULL,
	"source" text NOT NULL,
	"state" text NOT NULL,
	"achievement_key" uuid,
	"sequence" bigint NOT NULL,
	CONSTRAINT "record_state_practitioner_id_record_key_slot_pk" PRIMARY KEY("practitioner_id","record_key","slot")
);
--> statement-breakpoint
CREATE TABLE "requirement"."activation" (
	"rule_set_id" text NOT NULL,
	"activated_at" timestamp with time zone NOT NULL,
	"digest" "bytea" NOT NULL,
	"full_text" text NOT NULL,
	"activated_by" text NOT NULL,
	CONSTRAINT "activation_rule_set_id_activated_at_digest_pk" PRIMARY KEY("rule_set_id","activated_at","digest")
);
--> statement-breakpoint
CREATE TABLE "verdict"."access_log" (
	"practitioner_id" uuid NOT NULL,
	"accessed_at" timestamp with time zone NOT NULL,
	"access_id" uuid NOT NULL,
	"key_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"request_id" text NOT NULL,
	CONSTRAINT "access_log_practitioner_id_accessed_at_access_id_pk" PRIMARY KEY("practitioner_id","accessed_at","access_id")
);
--> statement-breakpoint
CREATE TABLE "verdict"."kept_verdict" (
	"practitioner_id" uuid NOT NULL,
	"verdict_id" text NOT NULL,
	"kept_at" timestamp with time zone NOT NULL,
	"key_id" uuid NOT NULL,
	"answer" text NOT NULL,
	"decision" text NOT NULL,
	CONSTRAINT "kept_verdict_practitioner_id_verdict_id_pk" PRIMARY KEY("practitioner_id","verdict_id")
);
--> statement-breakpoint
CREATE INDEX "batch_unposted" ON "acquisition"."batch" USING btree ("source","received_at") WHERE posted_at is null;--> statement-breakpoint
CREATE INDEX "pull_platform_queued" ON "acquisition"."pull" USING btree ("platform","queued_at");--> statement-breakpoint
CREATE INDEX "raw_page_retain_until" ON "acquisition"."raw_page" USING btree ("retain_until");--> statement-breakpoint
CREATE INDEX "version_practitioner" ON "admission"."version" USING btree ("practitioner_id");--> statement-breakpoint
CREATE INDEX "record_state_achievement" ON "projection"."record_state" USING btree ("practitioner_id","achievement_key") WHERE achievement_key is not null;--> statement-breakpoint
CREATE INDEX "record_state_review" ON "projection"."record_state" USING btree ("record_key") WHERE state in ('unclassified', 'duplicate');