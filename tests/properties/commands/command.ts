import fc from "fast-check";
import type { AuditedLedger } from "./audited-ledger.ts";
import type { LedgerModel } from "./ledger-model.ts";

/** How often each kind of command did something, over all runs; a suite in which one never did shows nothing of it. */
export type Fired = Map<string, number>;

/** One thing that can happen to a ledger. Numbers of a plan pick modulo what there is when it runs. */
export interface CommandKind<Plan> {
  readonly kind: string;
  readonly weight: number;
  readonly plan: fc.Arbitrary<Plan>;
  /** Whether there is anything for it to do, as far as the model knows. Default: always. */
  readonly isPossible?: (model: Readonly<LedgerModel>) => boolean;
  /** Does it to both and compares what is answered. False: there was nothing to be done. */
  readonly run: (model: LedgerModel, real: AuditedLedger, plan: Plan) => Promise<boolean>;
}

export type LedgerCommand = fc.AsyncCommand<LedgerModel, AuditedLedger, true>;

/** A kind of command among the others, whatever its plans are. */
export interface Offer {
  readonly kind: string;
  /** Its commands with their weight; each that does something is counted. */
  readonly commands: (fired: Fired) => fc.WeightedArbitrary<LedgerCommand>;
}

export function offer<Plan>({ kind, weight, plan: plans, isPossible, run }: CommandKind<Plan>): Offer {
  const commandOf = (plan: Plan, fired: Fired): LedgerCommand => ({
    check: async (model) => isPossible?.(model) ?? true,
    run: async (model, real) => {
      if (await run(model, real, plan)) fired.set(kind, (fired.get(kind) ?? 0) + 1);
    },
    toString: () => `${kind} ${JSON.stringify(plan)}`,
  });
  return { kind, commands: (fired) => ({ weight, arbitrary: plans.map((plan) => commandOf(plan, fired)) }) };
}

/** Any number; it picks modulo what there is. */
export const anyOf = fc.nat(1_000);

/** What a number picks; undefined where there is nothing. */
export function pick<Item>(items: readonly Item[], number: number): Item | undefined {
  return items[number % Math.max(1, items.length)];
}
