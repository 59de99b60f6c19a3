-- What evaluate.sql reads: rule sets as they are written, one question per case, and the records of its person.
CREATE TEMP TABLE rule_set (id text PRIMARY KEY, position integer, body jsonb) ON COMMIT DROP;
CREATE TEMP TABLE question (
  case_id integer PRIMARY KEY, place text, year integer, kind text, level text, series text, education text,
  facts jsonb, grants jsonb, as_of date
) ON COMMIT DROP;
CREATE TEMP TABLE record (
  case_id integer, record_id text, source text, platform text, state text, slot text, hours integer, subject text,
  attributed_year integer, obtained_on date, pathway text, recognition text, assessed_on date
) ON COMMIT DROP;
