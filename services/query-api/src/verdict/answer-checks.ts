import {
  type BodyLine,
  type CheckRequest,
  type FieldError,
  fieldError,
  type Language,
  type Parsed,
  parseCheck,
  presentProblem,
} from "@xueshi/contracts";
import { readPeopleEntries, type Sql, writeKeptVerdicts } from "@xueshi/database";
import type { ProjectableEntry } from "@xueshi/domain";
import type { AuthenticatedCall } from "@xueshi/http";
import type { z } from "zod";
import { accessRow } from "../access/note-access.ts";
import type { QueryContext } from "../query-context.ts";
import type { Knowledge } from "../requirement/knowledge.ts";
import { explainAnswers } from "./explain-answers.ts";
import { presentAnswer } from "./present-answer.ts";
import { askQuestion, type Decided, decideQuestion, isCautious, purposeOf, type Question } from "./question.ts";

export type CheckSchema = z.ZodType<CheckRequest>;

/** A check that could not be read, by its own reference where that could be. */
interface Failure {
  readonly reference: string | null;
  readonly errors: readonly FieldError[];
}

/** Checks that are read together: one round trip for all of them. */
interface Chunk {
  readonly lines: readonly BodyLine[];
  readonly asked: readonly (Question | Failure)[];
  readonly knowledge: Knowledge;
  readonly entriesOf: Promise<(question: Question) => readonly ProjectableEntry[]>;
}

/** Large enough that a round trip is shared by many, small enough that two chunks are a few megabytes. */
const CHUNK_CHECKS = 100;

/**
 * Answers many checks in their order, each by itself: a verdict, or a problem for one that cannot be read. While a chunk
 * is decided the next one is being read, and no more than these two are in memory.
 */
export async function* answerChecks(
  context: QueryContext,
  schema: CheckSchema,
  lines: Iterable<BodyLine>,
  call: AuthenticatedCall,
): AsyncGenerator<unknown> {
  let ahead: Chunk | null = null;
  for (const some of inChunks(lines)) {
    const chunk = startChunk(context, schema, some, call, context.knowledge.current());
    if (ahead !== null) yield* finishChunk(context, schema, ahead, call);
    ahead = chunk;
  }
  if (ahead !== null) yield* finishChunk(context, schema, ahead, call);
}

function* inChunks(lines: Iterable<BodyLine>): Generator<BodyLine[]> {
  let chunk: BodyLine[] = [];
  for (const line of lines) {
    chunk.push(line);
    if (chunk.length < CHUNK_CHECKS) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

function startChunk(
  context: QueryContext,
  schema: CheckSchema,
  lines: readonly BodyLine[],
  call: AuthenticatedCall,
  knowledge: Knowledge,
): Chunk {
  const asked = lines.map((line) => askLine(context, schema, line, knowledge, call));
  const questions = asked.filter((one) => "declaration" in one);
  const rows = questions.map(({ practitionerId, declaration }) =>
    accessRow(context, call, practitionerId, purposeOf("check", declaration)),
  );
  const noted = context.accessLog.note(rows);
  const entriesOf = readEntries(context.sql, questions).then(async (entries) => {
    await noted;
    return entries;
  });
  // Awaited when its turn comes; a caller who has gone away never lets it come.
  entriesOf.catch(() => undefined);
  return { lines, asked, knowledge, entriesOf };
}

function askLine(
  context: QueryContext,
  schema: CheckSchema,
  line: BodyLine,
  knowledge: Knowledge,
  call: AuthenticatedCall,
): Question | Failure {
  if (!line.ok) return { reference: null, errors: [fieldError("", "line_invalid", call.language)] };
  const { id: reference, check } = parseCheck(schema, line.value, call.language) as {
    id: string | null;
    check: Parsed<CheckRequest>;
  };
  if (!check.ok) return { reference, errors: check.errors };
  const asked = askQuestion(check.value, context.vault, knowledge, call);
  return asked.ok ? asked.question : { reference, errors: asked.errors };
}

/** Reads the people of a chunk: in one round trip, or in one for each known time where the checks name several. */
async function readEntries(
  sql: Sql,
  questions: readonly Question[],
): Promise<(question: Question) => readonly ProjectableEntry[]> {
  const people = new Map<number, Set<string>>();
  for (const { entriesUntilMs, practitionerId } of questions) {
    const group = people.get(entriesUntilMs) ?? new Set();
    people.set(entriesUntilMs, group.add(practitionerId));
  }
  const read = new Map<number, ReadonlyMap<string, readonly ProjectableEntry[]>>();
  await Promise.all(
    [...people].map(async ([entriesUntilMs, ids]) => {
      read.set(entriesUntilMs, await readPeopleEntries(sql, [...ids], entriesUntilMs));
    }),
  );
  return ({ entriesUntilMs, practitionerId }) => read.get(entriesUntilMs)?.get(practitionerId) ?? [];
}

async function* finishChunk(
  context: QueryContext,
  schema: CheckSchema,
  chunk: Chunk,
  call: AuthenticatedCall,
): AsyncGenerator<unknown> {
  let decided = await decideChunk(chunk);
  if (decided.some((one) => "decided" in one && isCautious(one.decided.verdict))) {
    const renewed = await context.knowledge.renewed();
    const isNewer = renewed !== chunk.knowledge;
    if (isNewer) decided = await decideChunk(startChunk(context, schema, chunk.lines, call, renewed));
  }
  const keeper = { keyId: call.principal.keyId, vault: context.vault };
  const explain = await explainAnswers(
    context.sql,
    decided.filter((one) => "decided" in one),
  );
  const answers = decided.map((one) =>
    "decided" in one
      ? presentAnswer(one.question, one.decided, call.language, keeper, explain(one))
      : { response: presentFailure(one, call.language, call.requestId), kept: null },
  );
  await writeKeptVerdicts(
    context.sql,
    answers.flatMap(({ kept }) => (kept === null ? [] : [kept])),
  );
  for (const { response } of answers) yield response;
}

async function decideChunk({
  asked,
  entriesOf,
  knowledge,
}: Chunk): Promise<(Failure | { question: Question; decided: Decided })[]> {
  const entries = await entriesOf;
  return asked.map((one) =>
    "declaration" in one ? { question: one, decided: decideQuestion(one, entries(one), knowledge) } : one,
  );
}

function presentFailure({ reference, errors }: Failure, language: Language, requestId: string) {
  const problem = presentProblem("validation_failed", language, requestId, errors);
  return reference === null ? { problem } : { id: reference, problem };
}
