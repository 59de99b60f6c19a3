import fc from "fast-check";
import { CATEGORIES } from "../../oracle/render-rows.ts";
import type { Arrival } from "../arrivals.ts";
import { denseArrivals } from "../dense-rows.ts";
import type { AuditedLedger } from "./audited-ledger.ts";
import {
  activateRules,
  check,
  checkEarlier,
  compare,
  expectSameAnswers,
  followStep,
  keepVerdict,
  replay,
} from "./clock-commands.ts";
import { type Fired, type LedgerCommand, type Offer, offer } from "./command.ts";
import { decideDuplicates } from "./duplicate-commands.ts";
import { expectFeed } from "./expect-feed.ts";
import {
  asDecidable,
  intakeCommands,
  listCategory,
  post,
  postRest,
  postTogether,
  sendAgain,
  store,
  withdraw,
} from "./intake-commands.ts";
import { emptyModel } from "./ledger-model.ts";
import { merge, unmerge } from "./people-commands.ts";
import { correct, decideSubject, letCount, takeBack, undoCorrection } from "./record-commands.ts";
import { decideRow, undoRow } from "./row-commands.ts";
import { number, rebuild, sign, verify } from "./upkeep-commands.ts";

const COMMANDS_MAX = 30;
const CLASSES = new Map(CATEGORIES.map(({ CategoryId, ClassTypeId }) => [Number(CategoryId), Number(ClassTypeId)]));

/** Everything that can happen to a ledger. */
const OFFERS: readonly Offer[] = [
  ...intakeCommands.map(offer),
  ...[offer(sendAgain), offer(withdraw), offer(listCategory), offer(post), offer(postTogether)],
  ...[offer(decideRow("accept")), offer(decideRow("correct")), offer(decideRow("refuse")), offer(undoRow)],
  ...[offer(decideSubject), offer(letCount), offer(takeBack), offer(correct), offer(undoCorrection)],
  offer(decideDuplicates),
  ...[offer(merge), offer(unmerge), offer(activateRules), offer(followStep), offer(compare)],
  ...[offer(check), offer(checkEarlier), offer(keepVerdict), offer(replay)],
  ...[offer(rebuild), offer(verify), offer(number), offer(sign)],
];

/** The kinds of commands, by the names that `Fired` knows them by. */
export const KINDS: readonly string[] = OFFERS.map(({ kind }) => kind);

/** The rows that are there before the first command. */
export const firstArrivals = fc
  .array(denseArrivals, { minLength: 1, maxLength: 6, size: "max" })
  .map((some) => some.flat().map(asDecidable));

/**
 * Any commands in any order. @param replayPath as a failure prints it, to run only the commands of its smallest case
 */
export function commandsArbitrary(fired: Fired, replayPath: string | undefined) {
  const one = fc.oneof(...OFFERS.map(({ commands }) => commands(fired)));
  const constraints = { maxCommands: COMMANDS_MAX, size: "max" as const };
  return fc.commands([one], replayPath === undefined ? constraints : { ...constraints, replayPath });
}

/** Runs commands on a ledger with a few rows and nothing else, and compares all of it with the model at the end. */
export async function runCommands(
  real: AuditedLedger,
  first: readonly Arrival[],
  commands: Iterable<LedgerCommand>,
): Promise<void> {
  await real.reset(CATEGORIES);
  const model = emptyModel(CLASSES);
  await store(model, real, first, false);
  await postRest(model, real);
  await fc.asyncModelRun(() => ({ model, real }), commands);
  await compare.run(model, real, null);
  await expectSameAnswers(model, real);
  while ((await real.number()) > 0);
  await expectFeed(real);
  if (model.kept.length > 0) await replay.run(model, real, null);
}
