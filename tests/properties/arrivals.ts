import fc from "fast-check";
import { type GenerateOptions, generateFeeds } from "../oracle/generate-feeds.ts";
import {
  type Category,
  type Declaration,
  type Feeds,
  PLATFORMS,
  type Platform,
  type Push,
  type RawRow,
} from "../oracle/index.ts";

/** One row on its way: as a platform serves it, or as a training platform pushes it. */
export type Arrival =
  | { readonly kind: "row"; readonly source: Platform; readonly raw: RawRow }
  | { readonly kind: "push"; readonly source: string; readonly push: Push };

/** What a run has to work with; the arrivals are in the order in which they come. */
export interface Material {
  readonly arrivals: readonly Arrival[];
  readonly categories: readonly Category[];
  readonly declarations: readonly Declaration[];
}

const SUBJECTS_BY_CLASS: Readonly<Record<string, string>> = {
  ...{ 1: "general_common", 2: "industry_common", 3: "professional" },
};

/** Small generated feeds with much dirt, and pushes beside them; every row, in any order. */
export const generatedMaterials: fc.Arbitrary<Material> = fc
  .record({
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    people: fc.integer({ min: 1, max: 4 }),
    recordsPerPerson: fc.integer({ min: 2, max: 8 }),
    dirt: fc.constantFrom(10, 20, 30),
    pushes: fc.array(fc.noShrink(pushPlans()), { maxLength: 6 }),
  })
  .map(({ pushes, ...options }) => materialOf(options, pushes))
  .chain((material) =>
    fc
      .shuffledSubarray([...material.arrivals], { minLength: Math.floor(material.arrivals.length / 2) })
      .map((arrivals) => ({ ...material, arrivals })),
  );

function pushPlans() {
  return fc.record({
    base: fc.nat(1_000),
    recordId: fc.constantFrom("P1", "P2", "P3", " Ｐ3 "),
    source: fc.constantFrom("demo-training", "demo-training", "other-training"),
    hours: fc.constantFrom<(string | number)[]>(8, "8.0", "８", 12.5, 40, 0, "八"),
    status: fc.constantFrom("final", "final", "final", "submitted", "withdrawn"),
    subject: fc.constantFrom("as-base", "as-base", "as-base", "professional", null),
    name: fc.constantFrom("as-base", "as-base", "as-base", "钱多多"),
    hoursLater: fc.constantFrom(-2_000, -1, 0, 0, 1, 300),
  });
}
type PushPlan = ReturnType<typeof pushPlans> extends fc.Arbitrary<infer Plan> ? Plan : never;

function materialOf(options: GenerateOptions, plans: readonly PushPlan[]): Material {
  const { feeds, declarations } = generateFeeds(options);
  const rows = PLATFORMS.flatMap((source) =>
    rowsOf(feeds, source).map((raw): Arrival => ({ kind: "row", source, raw })),
  );
  const bases = feeds.quzhouCity;
  const pushes = plans.flatMap((plan): Arrival[] => {
    const base = bases[plan.base % Math.max(1, bases.length)];
    if (base === undefined) return [];
    return [{ kind: "push", source: plan.source, push: pushOf(plan, base, feeds.quzhouCityCategories) }];
  });
  return { arrivals: [...rows, ...pushes], categories: feeds.quzhouCityCategories, declarations };
}

/** A pushed record that may be the same achievement as one of the city's rows, or another version of one pushed before. */
function pushOf(plan: PushPlan, base: RawRow, categories: readonly Category[]): Push {
  const { source, recordId, hours, status } = plan;
  const category = categories.find(({ CategoryId }) => CategoryId === base.CategoryId);
  const subject = plan.subject === "as-base" ? SUBJECTS_BY_CLASS[String(category?.ClassTypeId)] : plan.subject;
  const updateMs = Date.parse(`${String(base.UpdateTime).replace(" ", "T")}+08:00`) + plan.hoursLater * 3_600_000;
  return {
    ...{ source, recordId, hours, status, obtainedOn: base.CreditTime, title: `《${String(base.Name).trim()}》` },
    ...(subject == null ? {} : { subject }),
    practitioner: {
      idType: "resident-id",
      idNumber: base.IdCard,
      name: plan.name === "as-base" ? base.RealName : plan.name,
    },
    updatedAt: new Date(updateMs).toISOString(),
  };
}

export function rowsOf(feeds: Feeds, source: Platform): readonly RawRow[] {
  if (source === "quzhou-city") return feeds.quzhouCity;
  return source === "zj-industry" ? feeds.zjIndustry : feeds.zjNaturalResources;
}

/** Arrivals as the oracle takes them. */
export function feedsOf(arrivals: readonly Arrival[], categories: readonly Category[]): Feeds {
  const of = (source: Platform) =>
    arrivals.flatMap((one) => (one.kind === "row" && one.source === source ? [one.raw] : []));
  return {
    quzhouCity: of("quzhou-city"),
    quzhouCityCategories: categories,
    zjIndustry: of("zj-industry"),
    zjNaturalResources: of("zj-natural-resources"),
    incomplete: [],
    pushes: arrivals.flatMap((one) => (one.kind === "push" ? [one.push] : [])),
  };
}

/** When the source says that the row was last changed, milliseconds since 1970 UTC. */
export function updateMsOf(arrival: Arrival): number {
  if (arrival.kind === "push") return Date.parse(arrival.push.updatedAt);
  const { UpdateTime, updateTime, 更新时间 } = arrival.raw;
  if (typeof updateTime === "number") return updateTime;
  return Date.parse(`${String(UpdateTime ?? 更新时间).replace(" ", "T")}+08:00`);
}
