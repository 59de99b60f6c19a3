-- A pull that waits has done nothing yet: of several wishes for one platform the first is kept.
DELETE FROM "acquisition"."pull" AS later USING "acquisition"."pull" AS first
WHERE later.state = 'queued' AND first.state = 'queued' AND later.platform = first.platform
  AND (later.queued_at, later.pull_id) > (first.queued_at, first.pull_id);
--> statement-breakpoint
CREATE UNIQUE INDEX "pull_waiting" ON "acquisition"."pull" USING btree ("platform") WHERE state = 'queued';
