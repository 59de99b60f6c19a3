-- Answers every question of `question` from the rule sets and records beside it: see load-rows.ts for the tables.
-- Every statement leaves one temporary table; requirement_result, cap_result, counted and answer are what is read of them.

CREATE OR REPLACE FUNCTION pg_temp.selects(selection jsonb, subject text, pathway text, assessed boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT (selection->'subjects' = '"all"' OR selection->'subjects' ? subject)
    AND (selection->'pathways' IS NULL OR selection->'pathways' ? coalesce(pathway, ''))
    AND (selection->'assessed' IS NULL OR assessed)
$$;

CREATE OR REPLACE FUNCTION pg_temp.allows(list jsonb, word text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT list IS NULL OR coalesce(list ? word, false) $$;

CREATE OR REPLACE FUNCTION pg_temp.plus_months(day date, months integer) RETURNS date
LANGUAGE sql IMMUTABLE AS $$ SELECT (day + make_interval(months => months))::date $$;

-- The rows of every rule set, the one to be asked first at the head.
CREATE TEMP TABLE rule_row ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY layer, position DESC, item.ordinality)::integer AS row_key,
  layer, position, rule_set.id AS rule_set, rule_set.body AS rules, item.value AS body,
  rule_set.body->>'place' AS place, item.value->>'id' AS row_id,
  (rule_set.body->'years'->>'from')::integer AS year_from, (rule_set.body->'years'->>'until')::integer AS year_until
FROM (
  SELECT *, array_position(ARRAY['series', 'city', 'province', 'nation', 'profession'], body->>'layer') AS layer
  FROM rule_set
) rule_set
CROSS JOIN LATERAL jsonb_array_elements(body->'declarations') WITH ORDINALITY item;

-- Which row answers: the first that matches in the place, or in the place that it delegates to.
CREATE TEMP TABLE asked ON COMMIT DROP AS
WITH RECURSIVE asked AS (
  SELECT case_id, place, 0 AS depth, NULL::integer AS row_key, false AS done FROM question
  UNION ALL
  SELECT asked.case_id, found.body->>'toPlace', asked.depth + 1, found.row_key,
    found.row_key IS NULL OR found.body->>'answer' = 'requirements' OR found.body->>'toPlace' IS NULL
  FROM asked
  JOIN question USING (case_id)
  LEFT JOIN LATERAL (
    SELECT row_key, body FROM rule_row
    WHERE rule_row.place = asked.place AND question.year BETWEEN year_from AND year_until
      AND body->'when'->>'kind' = question.kind
      AND pg_temp.allows(body->'when'->'levels', question.level)
      AND pg_temp.allows(body->'when'->'educations', question.education)
      AND pg_temp.allows(body->'when'->'series', question.series)
      AND NOT coalesce(body->'when'->'exceptSeries' ? question.series, false)
    ORDER BY row_key LIMIT 1
  ) found ON true
  WHERE NOT asked.done AND asked.depth < 5
)
SELECT case_id, depth, row_key FROM asked WHERE row_key IS NOT NULL;

CREATE TEMP TABLE answering ON COMMIT DROP AS
SELECT *,
  CASE WHEN frame_kind IN ('cycle', 'since_fact') AND frame_fact IS NULL THEN frame->>'fact'
    WHEN body->'start' <> 'null' AND start_fact IS NULL THEN body->'start'->>'fact' END AS missing_fact
FROM (
  SELECT question.*, rule_row.row_key, rule_row.rule_set, rule_row.row_id, rule_row.body, rule_row.rules,
    rule_row.body->'window' AS frame, rule_row.body->'window'->>'kind' AS frame_kind,
    rule_row.rules->>'yearStartsOn' AS begins, platforms,
    (question.facts->>(rule_row.body->'window'->>'fact'))::date AS frame_fact,
    (question.facts->>(rule_row.body->'start'->>'fact'))::date AS start_fact
  FROM question
  JOIN LATERAL (
    SELECT rule_row.* FROM asked JOIN rule_row USING (row_key)
    WHERE asked.case_id = question.case_id
    ORDER BY rule_row.body->>'answer' = 'requirements' DESC, asked.depth LIMIT 1
  ) rule_row ON rule_row.body->>'answer' = 'requirements'
  JOIN LATERAL (
    SELECT route.value->'platforms' AS platforms
    FROM asked JOIN rule_row local USING (row_key)
    CROSS JOIN LATERAL jsonb_array_elements(local.rules->'authorities') route
    WHERE asked.case_id = question.case_id AND asked.depth = 1
      AND (route.value->'series' = '"*"' OR route.value->'series' ? question.series)
    ORDER BY route.value->'series' = '"*"' LIMIT 1
  ) route ON true
) answering;

-- Requirements of a row and of the rows that it inherits from: of one id the nearest holds.
CREATE TEMP TABLE requirement ON COMMIT DROP AS
WITH RECURSIVE chain AS (
  SELECT row_key, 0 AS distance, body, ARRAY[]::text[] AS without FROM rule_row
  WHERE row_key IN (SELECT row_key FROM answering)
  UNION ALL
  SELECT chain.row_key, distance + 1, base.body,
    without || ARRAY(SELECT jsonb_array_elements_text(chain.body->'inherits'->'without'))
  FROM chain
  JOIN rule_row base
    ON base.rule_set = chain.body->'inherits'->>'ruleSet' AND base.row_id = chain.body->'inherits'->>'row'
)
SELECT DISTINCT ON (row_key, item.value->>'id')
  row_key, item.value->>'id' AS id, item.value AS body, distance,
  (row_number() OVER (PARTITION BY row_key ORDER BY distance, item.ordinality))::integer AS number
FROM chain
CROSS JOIN LATERAL jsonb_array_elements(chain.body->'requirements') WITH ORDINALITY item
WHERE NOT item.value->>'id' = ANY (without)
ORDER BY row_key, item.value->>'id', distance;

-- The first day of the window, and how many study years it has. Every day that bounds a year is so many months from
-- `origin` itself, so that a 29th of February is not lost on the way.
CREATE TEMP TABLE frame ON COMMIT DROP AS
WITH known AS (
  SELECT *,
    year - coalesce((frame->>'endsYearsBefore')::integer, 0) AS last_year,
    extract(year FROM frame_fact)::integer - (to_char(frame_fact, 'MM-DD') < begins)::integer AS fact_year,
    extract(year FROM start_fact)::integer - (to_char(start_fact, 'MM-DD') < begins)::integer
      + (body->'start'->>'plusYears')::integer AS start_year
  FROM answering
), begun AS (
  SELECT *,
    CASE frame_kind
      WHEN 'years' THEN last_year - (frame->>'count')::integer + 1
      WHEN 'since_year' THEN least((frame->>'from')::integer, last_year)
      WHEN 'since_fact' THEN least(year,
        greatest(fact_year + (frame->>'plusYears')::integer, year - (frame->>'yearsMax')::integer + 1))
    END AS first_year,
    (frame->>'count')::integer * CASE frame_kind WHEN 'cycle' THEN 12 ELSE 1 END AS months,
    CASE WHEN frame_kind = 'cycle' THEN (
      SELECT coalesce(max(turn), 0) FROM generate_series(0, 400) turn
      WHERE pg_temp.plus_months(frame_fact, turn * (frame->>'count')::integer * 12) <= as_of
    ) END AS turn
  FROM known
), founded AS (
  SELECT *,
    frame_kind IN ('years', 'since_year', 'since_fact') AS by_year,
    CASE frame_kind WHEN 'cycle' THEN (frame->>'count')::integer
      WHEN 'months' THEN (months + 11) / 12
      ELSE last_year - first_year + 1 END AS year_count,
    CASE frame_kind WHEN 'cycle' THEN frame_fact
      WHEN 'months' THEN as_of + 1
      ELSE to_date(first_year || '-' || begins, 'YYYY-MM-DD') END AS origin,
    CASE frame_kind WHEN 'cycle' THEN turn * months WHEN 'months' THEN -months ELSE 0 END AS first_month
  FROM begun
  WHERE missing_fact IS NULL
)
SELECT *,
  pg_temp.plus_months(origin, first_month) AS first_day,
  pg_temp.plus_months(origin,
    first_month - CASE frame_kind WHEN 'months' THEN months ELSE year_count * 12 END) AS before_from
FROM founded;

-- The study years of the window from 0, and those before it, from which a duty may have been deferred.
CREATE TEMP TABLE study_year ON COMMIT DROP AS
SELECT case_id, row_key, number, first_day, extract(year FROM first_day)::integer AS year,
  CASE WHEN frame_kind = 'months' AND number = year_count - 1 THEN as_of ELSE next_day - 1 END AS last_day,
  coalesce(extract(year FROM first_day)::integer < start_year, false) AS before_start,
  effect
FROM (
  SELECT case_id, row_key, body, frame_kind, year_count, as_of, start_year, grants, number,
    pg_temp.plus_months(origin, first_month + number * 12) AS first_day,
    pg_temp.plus_months(origin, first_month + (number + 1) * 12) AS next_day
  FROM frame CROSS JOIN LATERAL generate_series(-5, year_count - 1) number
) spread
LEFT JOIN LATERAL (
  SELECT known.value->>'effect' AS effect
  FROM jsonb_array_elements(spread.grants) WITH ORDINALITY given
  JOIN jsonb_array_elements(spread.body->'grants') known ON known.value->>'code' = given.value->>'code'
  WHERE (given.value->>'year')::integer = extract(year FROM spread.first_day)
  ORDER BY given.ordinality LIMIT 1
) granted ON true;
ALTER TABLE study_year ADD PRIMARY KEY (case_id, number);

-- What each requirement asks of each study year: waived by an exemption, moved to the next year by a deferral.
CREATE TEMP TABLE yearly_need ON COMMIT DROP AS
WITH stated AS (
  SELECT case_id, requirement.row_key, id, study_year.number, year, effect,
    requirement.body->'span'->>'over' = 'each_year' AS is_yearly,
    year BETWEEN coalesce((requirement.body->'span'->>'from')::integer, year)
      AND coalesce((requirement.body->'span'->>'until')::integer, year) AS in_span,
    coalesce(override.need, (requirement.body->>'needHundredths')::integer, 0) AS need,
    before_start, override.need IS NOT NULL AS is_overridden
  FROM study_year
  JOIN requirement USING (row_key)
  LEFT JOIN LATERAL (
    SELECT (item.value->>'needHundredths')::integer AS need
    FROM jsonb_array_elements(requirement.body->'overrides') WITH ORDINALITY item
    WHERE year BETWEEN (item.value->>'from')::integer AND (item.value->>'until')::integer
    ORDER BY item.ordinality DESC LIMIT 1
  ) override ON true
), grouped AS (
  SELECT *,
    count(*) FILTER (WHERE effect IS DISTINCT FROM 'deferral')
      OVER (PARTITION BY case_id, id ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS due_group,
    NOT before_start AND effect IS DISTINCT FROM 'exemption' AND in_span AS has_duty
  FROM stated
)
SELECT *,
  CASE WHEN effect = 'deferral' THEN 0
    ELSE coalesce(sum(need) FILTER (WHERE has_duty) OVER same_due, 0) END::integer AS due,
  effect IS DISTINCT FROM 'deferral' AND bool_or(has_duty) OVER same_due AS is_due
FROM grouped
WINDOW same_due AS (PARTITION BY case_id, id, due_group);
DELETE FROM yearly_need WHERE number < 0;

-- Records that may count, with the study year they fall into; `is_before` for those of the window before.
CREATE TEMP TABLE placed ON COMMIT DROP AS
WITH eligible AS (
  SELECT record.*, frame.row_key, frame.body, frame.as_of,
    coalesce(record.assessed_on <= frame.as_of, false) AS assessed,
    study_year.number AS year_number, study_year.year,
    CASE WHEN study_year.number IS NOT NULL THEN false
      WHEN by_year AND begins = '01-01' THEN record.attributed_year BETWEEN first_year - year_count AND first_year - 1
      ELSE record.obtained_on BETWEEN before_from AND frame.first_day - 1
    END AS is_before
  FROM record
  JOIN frame USING (case_id)
  LEFT JOIN study_year ON study_year.case_id = record.case_id
    AND study_year.number >= 0 AND CASE WHEN by_year AND begins = '01-01' THEN record.attributed_year = study_year.year
      ELSE record.obtained_on BETWEEN study_year.first_day AND study_year.last_day END
  WHERE state = 'registered' AND slot = '' AND frame.platforms ? record.platform
    AND coalesce(record.recognition, frame.rules->>'recognition') = frame.rules->>'recognition'
    AND coalesce(record.obtained_on <= frame.as_of, true)
    AND frame.rules->'subjects' ? record.subject
)
SELECT *, row_number() OVER (PARTITION BY case_id, is_before
  ORDER BY obtained_on NULLS FIRST, source COLLATE "C", record_id COLLATE "C")::integer AS turn
FROM eligible
WHERE (year_number IS NOT NULL OR is_before)
  AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(body->'gates') gate
    WHERE pg_temp.selects(gate.value, subject, pathway, assessed)
      AND CASE gate.value->'test'->>'kind'
        WHEN 'item_minimum' THEN hours < (gate.value->'test'->>'leastHundredths')::integer
        WHEN 'expires' THEN
          coalesce(pg_temp.plus_months(obtained_on, (gate.value->'test'->>'months')::integer) <= as_of, false)
        ELSE NOT assessed
          OR coalesce(assessed_on > obtained_on + (gate.value->'test'->>'withinDays')::integer, false)
      END
  );
CREATE UNIQUE INDEX ON placed (case_id, is_before, turn);

-- Caps of each record in the order items, years, window; `cell` is what a cap is used up in.
CREATE TEMP TABLE record_cap ON COMMIT DROP AS
SELECT case_id, turn, cap.number, cap.id, cap.most,
  CASE cap.per WHEN 'item' THEN NULL WHEN 'year' THEN cap.number || '/' || year_number ELSE cap.number || '' END AS cell
FROM placed
JOIN (
  SELECT row_key, item.value AS body, item.value->>'id' AS id, item.value->>'per' AS per,
    (item.value->>'mostHundredths')::integer AS most,
    row_number() OVER (PARTITION BY row_key
      ORDER BY array_position(ARRAY['item', 'year', 'window'], item.value->>'per'), item.ordinality) AS number
  FROM rule_row CROSS JOIN LATERAL jsonb_array_elements(body->'caps') WITH ORDINALITY item
) cap ON cap.row_key = placed.row_key AND pg_temp.selects(cap.body, subject, pathway, assessed)
WHERE NOT is_before;
CREATE INDEX ON record_cap (case_id, turn);
ANALYZE placed;
ANALYZE record_cap;

-- One record after the other, each by what those before it left of every cap.
CREATE TEMP TABLE walk ON COMMIT DROP AS
WITH RECURSIVE walk AS (
  SELECT case_id, 0 AS turn, '{}'::jsonb AS used_before, '{}'::jsonb AS used, 0 AS hours
  FROM placed WHERE NOT is_before AND turn = 1
  UNION ALL
  SELECT walk.case_id, placed.turn, walk.used, walk.used || spent.cells, rest.hours
  FROM walk
  JOIN placed ON placed.case_id = walk.case_id AND NOT placed.is_before AND placed.turn = walk.turn + 1
  CROSS JOIN LATERAL (
    SELECT least(placed.hours, min(most - coalesce((walk.used->>cell)::integer, 0))) AS hours
    FROM record_cap WHERE record_cap.case_id = placed.case_id AND record_cap.turn = placed.turn
  ) rest
  CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_object_agg(cell, coalesce((walk.used->>cell)::integer, 0) + rest.hours), '{}') AS cells
    FROM record_cap
    WHERE record_cap.case_id = placed.case_id AND record_cap.turn = placed.turn AND cell IS NOT NULL
  ) spent
)
SELECT * FROM walk WHERE turn > 0;

-- What the window before holds above the need of the rule goes into the first year, latest hours first.
CREATE TEMP TABLE carried ON COMMIT DROP AS
WITH earlier AS (
  SELECT placed.*, frame.first_day, frame.body->'carryOver' AS rule,
    sum(hours) OVER (PARTITION BY placed.case_id) AS held
  FROM placed JOIN frame USING (case_id)
  WHERE is_before AND frame.body->'carryOver' <> 'null'
), queued AS (
  SELECT *,
    least((rule->>'mostHundredths')::integer, greatest(0, held - (rule->>'aboveHundredths')::integer)) AS most,
    coalesce(sum(hours) OVER (PARTITION BY case_id ORDER BY turn DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before_it
  FROM earlier
  WHERE pg_temp.selects(rule, subject, pathway, assessed)
    AND coalesce(obtained_on >= pg_temp.plus_months(first_day, -(rule->>'lastMonths')::integer),
      rule->'lastMonths' = 'null')
)
SELECT *, least(hours, greatest(0, most - before_it))::integer AS carried FROM queued;

CREATE TEMP TABLE counted ON COMMIT DROP AS
WITH counting AS (
  SELECT placed.case_id, placed.row_key, record_id, subject, pathway, assessed, year_number, year, walk.hours
  FROM placed JOIN walk USING (case_id, turn)
  WHERE NOT placed.is_before AND walk.hours > 0
  UNION ALL
  SELECT carried.case_id, carried.row_key, record_id, subject, pathway, assessed, 0, study_year.year, carried
  FROM carried JOIN study_year ON study_year.case_id = carried.case_id AND study_year.number = 0
  WHERE carried > 0
)
SELECT *, coalesce((
  SELECT jsonb_agg(id ORDER BY number) FROM requirement
  WHERE requirement.row_key = counting.row_key
    AND pg_temp.selects(requirement.body, subject, pathway, assessed)
), '[]') AS toward
FROM counting;
CREATE INDEX ON counted (case_id, year_number);
ANALYZE counted;
ANALYZE yearly_need;

CREATE TEMP TABLE yearly_result ON COMMIT DROP AS
SELECT yearly_need.*, in_span OR due > 0 AS is_asked, coalesce(sums.have, 0)::integer AS have,
  CASE requirement.body->>'kind' WHEN 'ratio' THEN
    CASE WHEN is_due THEN ceil(coalesce(sums.whole, 0)::numeric
      * (requirement.body->>'numerator')::integer / (requirement.body->>'denominator')::integer) ELSE 0 END
  ELSE due END::integer AS asked,
  coalesce(sums.whole, 0)::integer AS whole
FROM yearly_need
JOIN requirement USING (row_key, id)
CROSS JOIN LATERAL (
  SELECT sum(hours) FILTER (WHERE pg_temp.selects(requirement.body, subject, pathway, assessed)) AS have,
    sum(hours) FILTER (WHERE pg_temp.selects(requirement.body->'of', subject, pathway, assessed)) AS whole
  FROM counted WHERE counted.case_id = yearly_need.case_id AND counted.year_number = yearly_need.number
) sums;

CREATE TEMP TABLE requirement_result ON COMMIT DROP AS
WITH summed AS (
  SELECT result.case_id, requirement.number, id, coalesce(is_yearly, false) AS is_yearly, distance,
    sum(have) FILTER (WHERE is_yearly IS NOT true OR is_asked) AS have,
    CASE WHEN is_yearly THEN sum(asked) FILTER (WHERE is_asked)
      WHEN requirement.body->>'kind' = 'ratio' THEN
        CASE WHEN bool_or(is_due) THEN ceil(sum(whole)::numeric
          * (requirement.body->>'numerator')::integer / (requirement.body->>'denominator')::integer) ELSE 0 END
      WHEN requirement.body->'perYear' = 'true' THEN sum(due)
      ELSE (requirement.body->>'needHundredths')::integer END AS need,
    sum(greatest(0, asked - have)) FILTER (WHERE is_asked) AS yearly_gap,
    coalesce(jsonb_agg(jsonb_build_object('year', year, 'have', have, 'need', asked, 'gap', greatest(0, asked - have))
      ORDER BY result.number) FILTER (WHERE is_asked), '[]') AS years,
    bool_or(is_overridden AND has_duty AND effect IS NULL) AS has_override,
    bool_or(effect = 'exemption' AND in_span AND need > 0 AND NOT before_start) AS has_exemption,
    bool_or(effect = 'deferral' AND has_duty AND need > 0) AS has_deferral,
    bool_or(before_start AND in_span AND need > 0) AS has_start,
    requirement.body
  FROM yearly_result result JOIN requirement USING (row_key, id)
  GROUP BY result.case_id, requirement.number, id, is_yearly, distance, requirement.body
)
SELECT case_id, number, id, is_yearly, coalesce(have, 0)::integer AS have, coalesce(need, 0)::integer AS need,
  (CASE WHEN is_yearly THEN coalesce(yearly_gap, 0) ELSE greatest(0, need - have) END)::integer AS gap,
  CASE WHEN is_yearly THEN years END AS years,
  distance > 0 AS is_inherited,
  (is_yearly OR body->'perYear' = 'true') AND has_override AS has_override,
  body->>'kind' = 'floor' AND (is_yearly OR body->'perYear' = 'true') AND has_exemption AS has_exemption,
  body->>'kind' = 'floor' AND (is_yearly OR body->'perYear' = 'true') AND has_deferral AS has_deferral,
  body->>'kind' = 'floor' AND (is_yearly OR body->'perYear' = 'true') AND has_start AS has_start
FROM summed;

-- What each cap took from the hours that the caps before it let pass.
CREATE TEMP TABLE cap_result ON COMMIT DROP AS
WITH met AS (
  SELECT record_cap.*, placed.hours, walk.hours AS rest,
    most - coalesce((walk.used_before->>cell)::integer, 0) AS room
  FROM record_cap
  JOIN placed USING (case_id, turn) JOIN walk USING (case_id, turn)
  WHERE NOT is_before
), passed AS (
  SELECT *, least(hours, min(room) OVER (PARTITION BY case_id, turn ORDER BY number
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS arriving
  FROM met
)
SELECT case_id, id, number, sum(rest)::integer AS counted, sum(greatest(0, arriving - room))::integer AS cut
FROM passed GROUP BY case_id, id, number;

CREATE TEMP TABLE answer ON COMMIT DROP AS
SELECT question.case_id, answering.rule_set, answering.row_id, answering.missing_fact,
  CASE WHEN answering.case_id IS NULL THEN 'unanswered'
    WHEN answering.platforms = '[]' THEN 'unanswered'
    WHEN frame.case_id IS NULL THEN 'fact_not_given'
    WHEN EXISTS (SELECT FROM requirement_result result WHERE result.case_id = question.case_id AND gap > 0) THEN 'not_met'
    ELSE 'met' END AS outcome
FROM question LEFT JOIN answering USING (case_id) LEFT JOIN frame USING (case_id);
CREATE INDEX ON requirement_result (case_id);
CREATE INDEX ON cap_result (case_id);
