import type { Declaration } from "./answer.ts";
import { RECORD_DIRT, type Soil, SPELLING_DIRT } from "./dirt.ts";
import { PERSON_DIRT } from "./person-dirt.ts";
import { type Random, randomFrom } from "./random.ts";
import { type Feeds, PLATFORMS, type Platform, type RawRow, type Subject } from "./read-rows.ts";
import { addDays, CATEGORIES, type Draft, renderRow, startOfDayMs } from "./render-rows.ts";
import { checkDigit } from "./values.ts";

export { writeFeeds } from "./write-feeds.ts";

export type DirtClass = keyof typeof RECORD_DIRT | keyof typeof PERSON_DIRT | keyof typeof SPELLING_DIRT;

/** `dirt`: a factor on every class's rate (1 unless given), or rates of single classes (others keep theirs). */
export type GenerateOptions = Readonly<{
  seed: number;
  people: number;
  recordsPerPerson: number;
  dirt?: number | Readonly<Partial<Record<DirtClass, number>>>;
}>;

export type IdentifiedDeclaration = Declaration & Readonly<{ id: string }>;

/** `dirtCounts` says how often each class was really applied. */
export type Generated = Readonly<{
  feeds: Feeds;
  declarations: readonly IdentifiedDeclaration[];
  dirtCounts: Readonly<Record<DirtClass, number>>;
}>;

type Person = Readonly<{ idNumber: string; name: string; series: string; home: Platform; hoursWanted: number }>;
type Workshop = Readonly<{
  random: Random;
  rateOf: (dirt: DirtClass, rate: number) => number;
  counts: Record<DirtClass, number>;
  newRecordId: (platform: Platform) => string;
}>;

const BIRTHDAY_FIRST = "1960-01-01";
const BIRTHDAYS = 13_800;
const SURNAMES = [..."王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"];
const GIVEN = [..."伟芳敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂宇慧欣𠮷"];
const TITLES = [
  "行业标准化与质量管理",
  "知识产权保护与运用",
  "土地整治工程技术",
  "生态文明建设",
  "公需课：科学精神",
] as const;
const PROVIDERS = ["衢州市委党校", "浙江省继续教育网", "衢州学院继续教育学院"] as const;
const SUBJECTS = [
  ...(["professional", "professional", "professional", "professional", "professional"] as const),
  ...(["industry_common", "general_common"] as const),
] as const satisfies readonly [Subject, ...Subject[]];
const SERIES = ["engineering", "economics", "manufacturing", "natural-resources"] as const;
const UNCONNECTED = ["accounting", "health", "teaching"] as const;
const PREFIXES: Readonly<Record<Platform, string>> = {
  ...{ "quzhou-city": "QZ", "zj-industry": "ZI", "zj-natural-resources": "NR" },
};
const HOMES: Readonly<Record<string, Platform>> = {
  ...{ manufacturing: "zj-industry", "natural-resources": "zj-natural-resources" },
};

/** Feeds and two declarations per person, the same for the same options; rows are in order of update time. */
export function generateFeeds(options: GenerateOptions): Generated {
  const workshop = openWorkshop(options);
  const served = new Map<Platform, { servedMs: number; row: RawRow }[]>(PLATFORMS.map((platform) => [platform, []]));
  const declarations: IdentifiedDeclaration[] = [];
  for (let index = 0; index < options.people; index += 1) {
    const person = makePerson(index, workshop.random);
    for (const draft of draftsOf(person, options.recordsPerPerson, workshop)) {
      const row = renderRow(respell(draft, workshop), workshop.random);
      served.get(draft.platform)?.push({ servedMs: draft.servedMs, row });
    }
    for (const nth of [0, 1]) {
      declarations.push({ id: `D${String(2 * index + nth).padStart(7, "0")}`, ...declare(person, workshop.random) });
    }
  }
  const inOrder = (platform: Platform) =>
    (served.get(platform) ?? []).sort((left, right) => left.servedMs - right.servedMs).map(({ row }) => row);
  return {
    feeds: {
      quzhouCity: inOrder("quzhou-city"),
      quzhouCityCategories: CATEGORIES,
      zjIndustry: inOrder("zj-industry"),
      zjNaturalResources: inOrder("zj-natural-resources"),
      incomplete: [],
    },
    declarations,
    dirtCounts: workshop.counts,
  };
}

function openWorkshop({ seed, dirt = 1 }: GenerateOptions): Workshop {
  const classes = Object.keys({ ...RECORD_DIRT, ...PERSON_DIRT, ...SPELLING_DIRT }) as DirtClass[];
  let sequence = 0;
  return {
    random: randomFrom(seed),
    rateOf: (name, rate) => (typeof dirt === "number" ? rate * dirt : (dirt[name] ?? rate)),
    counts: Object.fromEntries(classes.map((name) => [name, 0])) as Record<DirtClass, number>,
    newRecordId: (platform) => {
      sequence += 1;
      return PREFIXES[platform] + String(sequence).padStart(7, "0");
    },
  };
}

/** The index makes the id, so that no two people share one: a birthday, then a sequence number. */
function makePerson(index: number, random: Random): Person {
  const birthday = addDays(BIRTHDAY_FIRST, (index * 7_919) % BIRTHDAYS).replaceAll("-", "");
  const sequence = String(Math.floor(index / BIRTHDAYS)).padStart(3, "0");
  const first17 = `330899${birthday}${sequence}`;
  const given = (count: number) =>
    Array.from({ length: count }, () => random.pick([GIVEN[0] ?? "", ...GIVEN])).join("");
  const series = random.pick(SERIES);
  return {
    idNumber: first17 + checkDigit(first17),
    name: random.pick([SURNAMES[0] ?? "", ...SURNAMES]) + given(random.int(1, 2)),
    series,
    home: HOMES[series] ?? "quzhou-city",
    hoursWanted: random.int(50, 280),
  };
}

function draftsOf(person: Person, records: number, workshop: Workshop): Draft[] {
  const { random, newRecordId } = workshop;
  const drafts: Draft[] = [];
  for (let nth = 0; nth < records; nth += 1) {
    const soil: Soil = {
      versions: [plainDraft(person, records, workshop)],
      extra: [],
      random,
      newRecordId,
      owner: person,
    };
    applyDirt(RECORD_DIRT, soil, workshop);
    drafts.push(...soil.versions, ...soil.extra);
  }
  if (drafts.length === 0) return drafts;
  const whole: Soil = { versions: drafts, extra: [], random, newRecordId, owner: person };
  applyDirt(PERSON_DIRT, whole, workshop);
  return [...whole.versions, ...whole.extra];
}

function applyDirt(
  classes: Readonly<Record<string, { rate: number; soil: (soil: Soil) => void }>>,
  soil: Soil,
  workshop: Workshop,
): void {
  for (const [name, dirt] of Object.entries(classes)) {
    if (!workshop.random.chance(workshop.rateOf(name as DirtClass, dirt.rate))) continue;
    dirt.soil(soil);
    workshop.counts[name as DirtClass] += 1;
  }
}

function respell(draft: Draft, { random, rateOf, counts }: Workshop): Draft {
  let spelled = draft;
  for (const [name, { rate, spell }] of Object.entries(SPELLING_DIRT)) {
    if (!random.chance(rateOf(name as DirtClass, rate))) continue;
    const respelled: Draft = { ...spelled, ...spell(spelled) };
    if (Object.keys(draft).some((key) => respelled[key as keyof Draft] !== spelled[key as keyof Draft])) {
      counts[name as DirtClass] += 1;
    }
    spelled = respelled;
  }
  return spelled;
}

function plainDraft(person: Person, records: number, { random, newRecordId }: Workshop): Draft {
  const platform = random.chance(0.85) ? person.home : random.pick(PLATFORMS);
  const recordId = newRecordId(platform);
  const attributedYear = random.chance(0.03) ? 2018 : random.pick([2019, 2020]);
  const obtainedOn = addDays(`${attributedYear}-01-01`, random.int(0, 364));
  const updateMs = startOfDayMs(obtainedOn) + random.int(9 * 3_600, 60 * 86_400) * 1_000;
  const halves = Math.max(1, Math.round((2 * person.hoursWanted * (0.4 + 1.2 * random.unit())) / records));
  return {
    platform,
    recordId,
    idNumber: person.idNumber,
    name: person.name,
    title: `${random.pick(TITLES)}（${Number(recordId.slice(2))}）`,
    provider: random.pick(PROVIDERS),
    subject: random.pick(SUBJECTS),
    hours: random.chance(0.03) ? `${Math.ceil(halves / 2)}.25` : String(halves / 2),
    obtainedOn,
    asInstant: false,
    attributedYear,
    status: "final",
    updateMs,
    servedMs: updateMs,
  };
}

function declare(person: Person, random: Random): Declaration {
  const spelled = random.chance(0.05) ? person.name.replace(/(?<=^.)/u, "　") : person.name;
  return {
    practitioner: {
      idType: "resident-id",
      idNumber: random.chance(0.05) ? person.idNumber.toLowerCase() : person.idNumber,
      name: random.chance(0.01) ? `${person.name}某` : spelled,
    },
    declaration: {
      place: random.chance(0.02) ? "nowhere" : "quzhou",
      year: random.chance(0.02) ? 2021 : 2020,
      kind: random.pick(["annual-duty", "review", "review", "initial-determination"]),
      level: random.pick(["junior", "junior", "intermediate", "intermediate", "senior"]),
      series: random.chance(0.03) ? random.pick(UNCONNECTED) : person.series,
      education: random.pick(["college", "bachelor", "master", "doctor"]),
    },
  };
}
