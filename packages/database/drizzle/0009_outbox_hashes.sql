ALTER TABLE "ledger"."outbox" ADD COLUMN "hashes" "bytea";
--> statement-breakpoint
UPDATE ledger.outbox SET hashes = (
  SELECT string_agg(entry.hash, ''::bytea ORDER BY run.place, entry.sequence)
  FROM unnest(outbox.practitioner_ids, outbox.first_sequences, outbox.entry_counts) WITH ORDINALITY
    AS run (id, first, entries, place)
  JOIN ledger.entry ON entry.practitioner_id = run.id
    AND entry.sequence >= run.first AND entry.sequence < run.first + run.entries
);
--> statement-breakpoint
ALTER TABLE "ledger"."outbox" ALTER COLUMN "hashes" SET NOT NULL;
