import { activateRuleSet, type KeptVerdict, readPersonEntries, type Sql, writeKeptVerdicts } from "@xueshi/database";
import { type LocalDate, parseResidentId } from "@xueshi/domain";
import { PLATFORMS } from "@xueshi/platforms";
import { digestText, loadRulebook } from "@xueshi/rulebook";
import type { Knowledge } from "../../services/query-api/src/requirement/knowledge.ts";
import { readKnowledge } from "../../services/query-api/src/requirement/read-knowledge.ts";
import { presentAnswer } from "../../services/query-api/src/verdict/present-answer.ts";
import { askQuestion, decideQuestion } from "../../services/query-api/src/verdict/question.ts";
import type { Declaration } from "../oracle/index.ts";
import { closePulls } from "./close-pull.ts";
import type { LedgerWorld } from "./ledger-world.ts";

export const KEEPER = "77777777-7777-7777-8777-777777777777";
const FILE = loadRulebook().files.find(({ ruleSet }) => ruleSet.id === "quzhou-2020");
const TABLES = ["requirement.activation", "verdict.kept_verdict"];

/** How a verdict is asked for: hours obtained until `asOf`, known until `knownAtMs`; null: today, now. */
export interface Clocks {
  readonly asOf: LocalDate | null;
  readonly knownAtMs: number | null;
}

/** What the query API does with verdicts, over a world: its knowledge may be as old as a test likes. */
export async function openKeeping(world: LedgerWorld) {
  const { owner, query, clock } = world;
  const { vault } = world.ingestion;
  let knowledge: Knowledge;
  const keeping = {
    /** Empties what the world does not know of, and activates the rulebook. */
    async reset(): Promise<void> {
      await owner.unsafe(TABLES.map((table) => `DELETE FROM ${table}`).join(";"));
      for (const { ruleSet, digest, text } of loadRulebook().files) {
        const activation = { ruleSetId: ruleSet.id, activatedAtMs: clock(), digest, fullText: text };
        await activateRuleSet(owner, { ...activation, activatedBy: "test" });
      }
      for (const { name } of PLATFORMS) await mark(owner, name, clock(), clock());
      knowledge = await readKnowledge(query, null);
    },
    /** Another version of the city's rules, whose needs are all of so many hours, active since a while ago. */
    activate(hours: number, agoMs: number): Promise<boolean> {
      const text = (FILE?.text ?? "")
        .replace('version: "2"', `version: "2-${hours}"`)
        .replaceAll(/^( +hours: )\d+$/gm, `$1${hours}`);
      const activation = { ruleSetId: "quzhou-2020", activatedAtMs: clock() - agoMs, digest: digestText(text) };
      return activateRuleSet(owner, { ...activation, fullText: text, activatedBy: "test" });
    },
    /** A pull of a platform ends, whole or cut off; it was recorded a while ago. */
    async mark(platform: number, isComplete: boolean, agoMs: number): Promise<void> {
      const { name } = PLATFORMS[platform % PLATFORMS.length] ?? { name: "" };
      const atMs = clock() - agoMs;
      await mark(owner, name, isComplete ? atMs : null, atMs);
    },
    /** The service hears of what was activated and marked; until then it answers by what it knew. */
    async learn(): Promise<void> {
      knowledge = await readKnowledge(query, knowledge);
    },
    /** Keeps a verdict as `POST /v1/checks` does; null where the declaration is refused. */
    async keep(declared: Declaration, { asOf, knownAtMs }: Clocks): Promise<KeptVerdict | null> {
      const kept = await decide(declared, { asOf, knownAtMs }, clock());
      if (kept !== null) await writeKeptVerdicts(query, [kept]);
      return kept;
    },
    /** What would be kept now of the same question, known until now. */
    now: (declared: Declaration, asOf: LocalDate | null) => decide(declared, { asOf, knownAtMs: null }, clock()),
  };
  async function decide(declared: Declaration, clocks: Clocks, nowMs: number): Promise<KeptVerdict | null> {
    const { practitioner, declaration } = declared;
    const personId = parseResidentId(practitioner.idNumber);
    if (personId === null) throw new Error("a declaration names a valid id");
    const { level = null, education = null, ...claim } = declaration;
    const request = {
      ...{ id: null, keep: true, explain: false, hypothetical: [], ...clocks },
      practitioner: { by: "identity", personId, name: practitioner.name } as const,
      declaration: { ...claim, level, education } as never,
    };
    const asked = askQuestion(request, vault, knowledge, { receivedAtMs: nowMs, language: "en" });
    if (!asked.ok) return null;
    const { question } = asked;
    const entries = await readPersonEntries(query, question.practitionerId, question.entriesUntilMs);
    return presentAnswer(
      question,
      decideQuestion(question, entries, knowledge),
      "en",
      { keyId: KEEPER, vault },
      () => null,
    ).kept;
  }
  await keeping.reset();
  return keeping;
}

function mark(owner: Sql, platform: string, untilMs: number | null, recordedAtMs: number): Promise<void> {
  const completeUntil = untilMs === null ? null : new Date(untilMs);
  return closePulls(owner, [platform], { completeUntil, postedAt: new Date(recordedAtMs) });
}
