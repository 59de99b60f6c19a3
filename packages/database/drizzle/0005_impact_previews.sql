CREATE TABLE "requirement"."impact_flip" (
	"practitioner_id" uuid NOT NULL,
	"preview_id" uuid NOT NULL,
	"question" smallint NOT NULL,
	"before" text NOT NULL,
	"after" text NOT NULL,
	"why" text NOT NULL,
	CONSTRAINT "impact_flip_practitioner_id_preview_id_question_pk" PRIMARY KEY("practitioner_id","preview_id","question")
);
--> statement-breakpoint
CREATE TABLE "requirement"."impact_preview" (
	"preview_id" uuid NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"previewed_by" text NOT NULL,
	"rule_set_id" text NOT NULL,
	"digest" "bytea" NOT NULL,
	"full_text" text NOT NULL,
	"as_of" date NOT NULL,
	"questions" jsonb NOT NULL,
	"people" integer NOT NULL,
	"flips" integer NOT NULL,
	CONSTRAINT "impact_preview_preview_id_pk" PRIMARY KEY("preview_id")
);
--> statement-breakpoint
CREATE INDEX "impact_flip_preview" ON "requirement"."impact_flip" USING btree ("preview_id","practitioner_id");