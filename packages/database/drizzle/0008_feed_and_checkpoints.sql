CREATE TABLE "ledger"."checkpoint" (
	"size" bigint NOT NULL,
	"signed_at" timestamp with time zone NOT NULL,
	"note" text NOT NULL,
	CONSTRAINT "checkpoint_size_signed_at_pk" PRIMARY KEY("size","signed_at")
);
--> statement-breakpoint
CREATE TABLE "ledger"."feed" (
	"position" bigint NOT NULL,
	"size" integer NOT NULL,
	"numbered_at" timestamp with time zone NOT NULL,
	"posting_id" uuid NOT NULL,
	"practitioner_ids" uuid[] NOT NULL,
	"first_sequences" bigint[] NOT NULL,
	"entry_counts" integer[] NOT NULL,
	CONSTRAINT "feed_position_pk" PRIMARY KEY("position")
);
--> statement-breakpoint
CREATE TABLE "ledger"."feed_head" (
	"feed" smallint PRIMARY KEY NOT NULL,
	"size" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger"."outbox" (
	"turn" bigint NOT NULL,
	"posting_id" uuid NOT NULL,
	"practitioner_ids" uuid[] NOT NULL,
	"first_sequences" bigint[] NOT NULL,
	"entry_counts" integer[] NOT NULL,
	CONSTRAINT "outbox_posting_id_turn_pk" PRIMARY KEY("posting_id","turn")
);
--> statement-breakpoint
CREATE TABLE "ledger"."tree_tile" (
	"level" smallint NOT NULL,
	"index" bigint NOT NULL,
	"hashes" "bytea" NOT NULL,
	CONSTRAINT "tree_tile_level_index_pk" PRIMARY KEY("level","index")
);
--> statement-breakpoint
CREATE INDEX "feed_posting" ON "ledger"."feed" USING btree ("posting_id");--> statement-breakpoint
ALTER TABLE "ledger"."head" ADD COLUMN "turn" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "outbox_turn" ON "ledger"."outbox" USING btree ("turn","posting_id");--> statement-breakpoint
INSERT INTO ledger.feed_head (feed, size) VALUES (1, 0);
--> statement-breakpoint
-- What was posted before: runs of one person follow each other by their sequences.
INSERT INTO ledger.outbox (turn, posting_id, practitioner_ids, first_sequences, entry_counts)
SELECT first_sequence, posting_id, array_agg(practitioner_id ORDER BY practitioner_id),
  array_agg(first_sequence ORDER BY practitioner_id), array_agg(entries ORDER BY practitioner_id)
FROM (
  SELECT posting_id, practitioner_id, min(sequence) AS first_sequence, count(*)::integer AS entries
  FROM ledger.entry GROUP BY posting_id, practitioner_id
) AS run
GROUP BY posting_id, first_sequence;
--> statement-breakpoint
UPDATE ledger.head SET turn = sequence;
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON ledger.outbox TO xueshi_ledger;
--> statement-breakpoint
GRANT SELECT, INSERT ON ledger.feed, ledger.checkpoint TO xueshi_ledger;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON ledger.tree_tile TO xueshi_ledger;
--> statement-breakpoint
GRANT SELECT, UPDATE ON ledger.feed_head TO xueshi_ledger;
--> statement-breakpoint
GRANT SELECT ON ledger.feed, ledger.checkpoint, ledger.tree_tile, ledger.feed_head TO xueshi_query;
--> statement-breakpoint
CREATE TRIGGER feed_append_only BEFORE UPDATE OR DELETE ON ledger.feed FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER feed_no_truncate BEFORE TRUNCATE ON ledger.feed FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER checkpoint_append_only BEFORE UPDATE OR DELETE ON ledger.checkpoint FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
--> statement-breakpoint
CREATE TRIGGER checkpoint_no_truncate BEFORE TRUNCATE ON ledger.checkpoint FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
