import { TITLE_SUBJECTS } from "@xueshi/domain";
import fc from "fast-check";

/** One step of a run. Numbers pick modulo what there is at the time, so that any list of steps can be run. */
export type Step =
  /** The next rows come, one batch for each source; `together`: the sources' batches are stored at once. */
  | { readonly do: "arrive"; readonly count: number; readonly together: boolean }
  /** Rows that came before come again. */
  | { readonly do: "again"; readonly from: number; readonly count: number }
  | { readonly do: "withdraw"; readonly record: number; readonly backdated: boolean }
  /** One batch is posted, by `posters` at once. */
  | { readonly do: "post"; readonly batch: number; readonly posters: number }
  /** Several batches are posted at once. */
  | { readonly do: "post-together"; readonly batches: readonly number[] }
  /** All that waits is posted, the newest batch first. */
  | { readonly do: "post-rest" }
  /** An operator decides of one record that the ledger has. */
  | { readonly do: "decide"; readonly record: number; readonly subject: (typeof TITLE_SUBJECTS)[number] | null }
  /** Every declaration is answered; the answers must come again when asked about this moment later. */
  | { readonly do: "check" }
  /** What waits is posted, and the ledger compared with the oracle. */
  | { readonly do: "compare" };

const small = fc.nat(1_000);

/** Steps that do not stop at one order: posting lags behind arriving, repeats, and runs from both ends. */
export const schedules: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("arrive" as const),
        count: fc.integer({ min: 1, max: 6 }),
        together: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("again" as const), from: small, count: fc.integer({ min: 1, max: 6 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("withdraw" as const), record: small, backdated: fc.boolean() }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("post" as const),
        batch: small,
        posters: fc.integer({ min: 1, max: 3 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("post-together" as const),
        batches: fc.array(small, { minLength: 2, maxLength: 4 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("decide" as const),
        record: small,
        subject: fc.constantFrom(null, null, null, ...TITLE_SUBJECTS),
      }),
    },
    { weight: 4, arbitrary: fc.constant({ do: "post-rest" } as const) },
    { weight: 2, arbitrary: fc.constant({ do: "check" } as const) },
    { weight: 1, arbitrary: fc.constant({ do: "compare" } as const) },
  ),
  { minLength: 8, maxLength: 30, size: "max" },
);
