-- The same schema as distributed tables on Citus: run once, on the coordinator, as the owner of the tables, after
-- `migrate` and before the first record. Services then need no change. The ledger service connects to the coordinator, where
-- the outbox lies: there a posting's row in it is visible before another node lets go of the people that it locked, so the
-- feed never shows a person's later entry first. The others connect to the coordinator or to any worker.
--
-- Needs Citus 14 (PostgreSQL 16 to 18); grants on columns reach the shards from Citus 13.1 on. Workers are added before
-- (citus_add_node). Three groups, each placed by one key, so that a transaction about one person, one record or one batch
-- stays on one node; one that touches several groups commits in two phases, which Citus does by itself. The three keys are
-- of one type, so each group names its first table: otherwise all would be placed together by accident.
BEGIN;

-- Triggers of distributed tables are refused without this. Ours are safe there: they look at nothing and refuse.
SET LOCAL citus.enable_unsafe_triggers = on;
-- The shards of all tables are made in this one transaction.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

-- Tables move aside here, which the event triggers of the guards would refuse; where there are none, nothing is to be done.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'xueshi_guards_altered') THEN
    PERFORM migration.watch_guards(false);
  END IF;
END
$$;

-- The guard's function must be on every node before a shard can carry the trigger.
SELECT create_distributed_function('ledger.refuse_change()');

-- People: everything that one check reads lies on one node.
SELECT create_distributed_table('ledger.entry', 'practitioner_id', colocate_with => 'none');
SELECT create_distributed_table('ledger.head', 'practitioner_id', colocate_with => 'ledger.entry');
SELECT create_distributed_table('projection.balance', 'practitioner_id', colocate_with => 'ledger.entry');
SELECT create_distributed_table('projection.record_state', 'practitioner_id', colocate_with => 'ledger.entry');
SELECT create_distributed_table('admission.identity', 'practitioner_id', colocate_with => 'ledger.entry');
SELECT create_distributed_table('admission.name_alias', 'practitioner_id', colocate_with => 'ledger.entry');
SELECT create_distributed_table('admission.person_merge', 'practitioner_id', colocate_with => 'ledger.entry');
SELECT create_distributed_table('admission.erasure', 'practitioner_id', colocate_with => 'ledger.entry');
SELECT create_distributed_table('admission.tombstone', 'practitioner_id', colocate_with => 'ledger.entry');
SELECT create_distributed_table('admission.row_access', 'practitioner_id', colocate_with => 'ledger.entry');
SELECT create_distributed_table('requirement.impact_flip', 'practitioner_id', colocate_with => 'ledger.entry');
SELECT create_distributed_table('verdict.access_log', 'practitioner_id', colocate_with => 'ledger.entry');
SELECT create_distributed_table('verdict.kept_verdict', 'practitioner_id', colocate_with => 'ledger.entry');

-- Records: a record's versions, refusals and decisions lie together.
SELECT create_distributed_table('admission.version', 'record_key', colocate_with => 'none');
SELECT create_distributed_table('admission.refusal', 'record_key', colocate_with => 'admission.version');
SELECT create_distributed_table('admission.row_decision', 'record_key', colocate_with => 'admission.version');
SELECT create_distributed_table('admission.finding', 'record_key', colocate_with => 'admission.version');
SELECT create_distributed_table('admission.readmission_change', 'record_key', colocate_with => 'admission.version');
SELECT create_distributed_table('acquisition.reconciliation_difference', 'record_key', colocate_with => 'admission.version');
SELECT create_distributed_table('classification.decision', 'record_key', colocate_with => 'admission.version');
SELECT create_distributed_table('classification.correction_decision', 'record_key', colocate_with => 'admission.version');
SELECT create_distributed_table('ledger.duplicate_decision', 'record_key', colocate_with => 'admission.version');
SELECT create_distributed_table('ledger.correction_record', 'record_key', colocate_with => 'admission.version');

-- Batches: what arrived together, and what was posted together.
SELECT create_distributed_table('acquisition.batch', 'batch_id', colocate_with => 'none');
SELECT create_distributed_table('acquisition.raw_page', 'batch_id', colocate_with => 'acquisition.batch');
SELECT create_distributed_table('acquisition.push_request', 'request_key', colocate_with => 'none');
SELECT create_distributed_table('acquisition.upload', 'upload_id', colocate_with => 'none');
SELECT create_distributed_table('acquisition.upload_part', 'upload_id', colocate_with => 'acquisition.upload');
SELECT create_distributed_table('acquisition.upload_batch', 'upload_id', colocate_with => 'acquisition.upload');
SELECT create_distributed_table('acquisition.upload_finding', 'upload_id', colocate_with => 'acquisition.upload');
SELECT create_distributed_table('ledger.posting', 'posting_id', colocate_with => 'acquisition.batch');

-- Small, written seldom, read by every check or push: a copy on every node.
SELECT create_reference_table('access.api_key');
SELECT create_reference_table('acquisition.catalogue');
SELECT create_reference_table('ledger.platform_mark');
SELECT create_reference_table('access.installation');
SELECT create_reference_table('requirement.activation');
SELECT create_reference_table('requirement.impact_preview');
SELECT create_reference_table('ledger.correction');
SELECT create_reference_table('ledger.correction_step');
SELECT create_reference_table('ledger.guard');

-- Small and written with every page: on the coordinator alone, known to all.
SELECT citus_add_local_table_to_metadata('acquisition.pull');
SELECT citus_add_local_table_to_metadata('acquisition.pull_cursor');
SELECT citus_add_local_table_to_metadata('acquisition.platform_state');
SELECT citus_add_local_table_to_metadata('acquisition.lateness');
SELECT citus_add_local_table_to_metadata('acquisition.reconciliation');
SELECT citus_add_local_table_to_metadata('admission.readmission');
SELECT citus_add_local_table_to_metadata('ledger.rule_change');
SELECT citus_add_local_table_to_metadata('verdict.access_removal');

-- The feed is one order over everything, given by one sequencer: it lies on one node.
SELECT citus_add_local_table_to_metadata('ledger.outbox');
SELECT citus_add_local_table_to_metadata('ledger.feed');
SELECT citus_add_local_table_to_metadata('ledger.feed_head');
SELECT citus_add_local_table_to_metadata('ledger.tree_tile');
SELECT citus_add_local_table_to_metadata('ledger.checkpoint');

-- No shard without its guard: a table that was append-only before is so on every node, or nothing of this happened.
DO $$
DECLARE
  guarded regclass;
  bare bigint;
BEGIN
  FOR guarded IN
    SELECT DISTINCT tgrelid::regclass FROM pg_trigger
    WHERE tgfoid = 'ledger.refuse_change()'::regprocedure AND NOT tgisinternal
      AND tgrelid IN (SELECT logicalrelid FROM pg_dist_partition)
  LOOP
    SELECT count(*) INTO bare FROM run_command_on_shards(guarded, $shard$
      SELECT count(*) FROM pg_trigger WHERE tgrelid = '%s'::regclass AND NOT tgisinternal AND tgtype & 24 <> 0
    $shard$) WHERE NOT success OR result = '0';
    IF bare > 0 THEN
      RAISE EXCEPTION '% shards of % do not refuse a change', bare, guarded;
    END IF;
  END LOOP;
  IF EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'xueshi_guards_altered') THEN
    PERFORM migration.watch_guards(true);
  END IF;
END
$$;

COMMIT;
