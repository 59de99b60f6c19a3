/** A bug as somebody could write it, and the test of the suite that must notice. */
export interface PlantedBug {
  readonly name: string;
  /** Exact replacements; each text stands once in its file. */
  readonly edits: readonly { readonly path: string; readonly from: string; readonly to: string }[];
  readonly caughtBy: {
    readonly project: string;
    readonly path: string;
    /** Part of the title of the test, as its file says it. */
    readonly title: string;
    /** What its failure must say: that it failed for this bug, and not for something else. */
    readonly saying: RegExp;
  };
}

const PLAN = "packages/domain/src/ledger/plan-postings.ts";
const PLAN_TEST = "packages/domain/src/ledger/plan-postings.test.ts";
const STORE_PAGES = "services/ingestion-worker/src/admission/store-pages.ts";

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: "skip dedup: the same input again is posted again",
    edits: [
      { path: PLAN, from: "    if (next !== undefined && sameStanding(old, next)) continue;\n", to: "" },
      { path: PLAN, from: "    if (old !== undefined && sameStanding(old, next)) continue;\n", to: "" },
    ],
    caughtBy: { project: "unit", path: PLAN_TEST, title: "makes no entry", saying: /expected|deeply equal/ },
  },
  {
    name: "skip dedup: the same achievement counts twice",
    edits: [
      {
        path: "packages/domain/src/ledger/settle-achievements.ts",
        from: 'const state = standing === best ? "registered" : "duplicate";',
        to: 'const state = best === null ? "duplicate" : "registered";',
      },
    ],
    caughtBy: {
      project: "unit",
      path: "packages/domain/src/ledger/settle-achievements.test.ts",
      title: "exactly one of a group counts",
      saying: /Counterexample|Property failed|expected/,
    },
  },
  {
    name: ">= to > in a requirement",
    edits: [
      {
        path: "packages/domain/src/requirement/check-requirement.ts",
        from: '    outcome: gapHundredths === 0 ? "met" : "not_met",\n    years: null,',
        to: '    outcome: haveHundredths > needHundredths ? "met" : "not_met",\n    years: null,',
      },
    ],
    caughtBy: {
      project: "scenarios",
      path: "tests/scenarios/scenarios.test.ts",
      title: "quzhou",
      saying: /met/,
    },
  },
  {
    name: "cursor before rows",
    edits: [
      {
        path: STORE_PAGES,
        from: "  // Rows are judged and counted before it, so that the transaction may run again and says the same.\n",
        to:
          "  if (last !== undefined && movesCursor(run, last)) {\n" +
          "    await retryTransaction(context.sql, (tx) => writeCursor(tx, platform.name, last.cursorAfter, receivedAtMs));\n" +
          "  }\n",
      },
    ],
    caughtBy: {
      project: "services",
      path: "services/ingestion-worker/src/admission/store-pages.db.test.ts",
      title: "leave nothing behind where that never helps",
      saying: /expected/,
    },
  },
  {
    name: "balance without lock",
    edits: [
      {
        path: "packages/database/src/ledger/head-store.ts",
        from: "ON CONFLICT (practitioner_id) DO UPDATE SET sequence = held.sequence WHERE false",
        to: "ON CONFLICT (practitioner_id) DO NOTHING",
      },
    ],
    caughtBy: {
      project: "services",
      path: "services/ledger-service/src/ledger/post-batch.db.test.ts",
      title: "loses nothing and deadlocks nowhere when batches share people",
      saying: /duplicate key|deadlock|expected/,
    },
  },
  {
    name: "hash without the effective date",
    edits: [{ path: "packages/domain/src/ledger/entry-hash.ts", from: "    entry.obtainedOn,\n", to: "" }],
    caughtBy: {
      project: "unit",
      path: "packages/domain/src/ledger/entry-hash.test.ts",
      title: "are what the product computes",
      saying: /expected/,
    },
  },
  {
    name: "feed by sequence instead of turns",
    edits: [
      {
        path: "packages/database/src/ledger/feed-store.ts",
        from: "FROM ledger.outbox ORDER BY turn, posting_id LIMIT",
        to: "FROM ledger.outbox ORDER BY first_sequences, posting_id LIMIT",
      },
    ],
    caughtBy: {
      project: "services",
      path: "services/ledger-service/src/ledger/number-postings.db.test.ts",
      title: "skips and repeats nothing while many post and several number at once",
      saying: /expected/,
    },
  },
  {
    name: "erased people are not refused",
    edits: [
      {
        path: "services/ingestion-worker/src/admission/erasure/refuse-erased.ts",
        from: "  if (erased.size === 0) return { judged, erased };\n",
        to: "  if (erased.size >= 0) return { judged, erased };\n",
      },
    ],
    caughtBy: {
      project: "services",
      path: "services/ingestion-worker/src/admission/erasure/refuse-erased.db.test.ts",
      title: "is refused, whatever else is wrong with it",
      saying: /expected/,
    },
  },
  {
    name: "replay ignoring the version of the rules",
    edits: [
      {
        path: "services/query-api/src/verdict/recall-rules.ts",
        from: "    else ruleSets.push(recalled);\n",
        to:
          "    else {\n" +
          "      const newest = evidence.ruleSets.findLast(({ ruleSet }) => ruleSet.id === rule.ruleSetId);\n" +
          "      ruleSets.push({ ...recalled, ruleSet: newest?.ruleSet ?? recalled.ruleSet });\n" +
          "    }\n",
      },
    ],
    caughtBy: {
      project: "services",
      path: "services/query-api/src/verdict/replay-verdict.db.test.ts",
      title: "gives the same decision, whatever was posted, marked and activated since",
      saying: /expected/,
    },
  },
  {
    name: "reversal twice",
    edits: [
      {
        path: PLAN,
        from: "    add(old.practitionerId, { body: reversalOf(old, reason, by), standing: null });\n",
        to:
          "    add(old.practitionerId, { body: reversalOf(old, reason, by), standing: null });\n" +
          "    add(old.practitionerId, { body: reversalOf(old, reason, by), standing: null });\n",
      },
    ],
    caughtBy: {
      project: "unit",
      path: PLAN_TEST,
      title: "is superseded: the old posting is reversed with its hours negated",
      saying: /expected/,
    },
  },
];

/** A text with the edits of a bug in one file. Throws where a text to be replaced is not there, or there twice. */
export function plantIn(path: string, text: string, bug: PlantedBug): string {
  return bug.edits
    .filter((edit) => edit.path === path)
    .reduce((planted, { from, to }) => {
      const found = planted.split(from).length - 1;
      if (found !== 1) throw new Error(`"${bug.name}": its text stands ${found} times in ${path}, and must once`);
      return planted.replace(from, () => to);
    }, text);
}
