-- Who may do what in the database, for administrators who do not let an application make roles. Where the migrating user
-- may (CREATEROLE), this file is not needed: `migrate` makes the group roles, and the logins whose passwords it is given.
-- Run it once per cluster as a superuser, in any database; it may be repeated. Roles belong to the cluster.
--
-- role               may                                                             login of
-- xueshi_owner       own the schemas; used by migrate and create-key, by no service  –
-- xueshi_ingestion   write acquisition and admission; never a ledger table           ingestion-worker
-- xueshi_ledger      write classification, ledger, projection; mark a batch posted   ledger-service
-- xueshi_query       read ledger and projection; write verdict                       query-api
--
-- The grants themselves come with the migrations (packages/database/drizzle) and are listed table by table in
-- packages/database/schema.txt. No role may update or delete what is on the list of guards (packages/database/guards.md):
-- entries, decisions, activations, kept verdicts, logs of who saw what; triggers refuse it to the owner too. Event triggers
-- that keep these triggers need a superuser: where xueshi_owner migrates there are none, and `pnpm ledger doctor` says so.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['xueshi_ingestion', 'xueshi_ledger', 'xueshi_query'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    END IF;
  END LOOP;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'xueshi_owner') THEN
    CREATE ROLE xueshi_owner LOGIN;
  END IF;
END
$$;

-- Then, with passwords of your own (the owner's as well: ALTER ROLE xueshi_owner PASSWORD '…'):
--   CREATE DATABASE xueshi OWNER xueshi_owner;
--   CREATE ROLE xueshi_query_app LOGIN PASSWORD '…' IN ROLE xueshi_query;        and so for the other two
