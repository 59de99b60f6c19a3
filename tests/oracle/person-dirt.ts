import { HOUR_MS, last, otherName, type Soil } from "./dirt.ts";
import { PLATFORMS } from "./read-rows.ts";
import type { Draft } from "./render-rows.ts";

/** Dirt of people, rates per person: it needs to know all rows of one. */
export const PERSON_DIRT = {
  /** An older row elsewhere knows another name: what rested on the known name is decided again. */
  name_other_first: { rate: 0.02, soil: (soil) => soil.extra.push(strayRow(soil, -700, { name: otherName(soil) })) },
  name_other_first_refused: {
    rate: 0.01,
    soil: (soil) => soil.extra.push(strayRow(soil, -700, { name: otherName(soil), hours: "" })),
  },
  name_other_first_withdrawn: {
    rate: 0.006,
    soil: (soil) => soil.extra.push(strayRow(soil, -700, { name: otherName(soil), hours: "", status: "withdrawn" })),
  },
  name_other_first_draft: {
    rate: 0.006,
    soil: (soil) => soil.extra.push(strayRow(soil, -700, { name: otherName(soil), status: "draft" })),
  },
  /** Another name at the very instant of the first row: platform, id and name decide. */
  name_other_same_time: { rate: 0.01, soil: (soil) => soil.extra.push(strayRow(soil, 0, { name: otherName(soil) })) },
  /** One record, one instant, two names: only the name itself decides. */
  name_other_same_record: {
    rate: 0.006,
    soil: (soil) => {
      const stray = strayRow(soil, -100, {});
      soil.extra.push(stray, { ...stray, name: otherName(soil) });
    },
  },
  unclassified_cluster: {
    rate: 0.06,
    soil: (soil) => {
      let left = soil.random.int(2, 6);
      soil.versions = soil.versions.map((draft) => (left-- > 0 ? { ...draft, subject: null } : draft));
    },
  },
  unclassified_on_the_edge: {
    rate: 0.04,
    soil: (soil) => {
      soil.versions = edgeRecords(soil);
    },
  },
  total_row: {
    rate: 0.05,
    soil: (soil) => {
      const recordId = `T${soil.newRecordId("zj-industry")}`;
      const name = soil.random.chance(0.3) ? otherName(soil) : last(soil).name;
      const stray = strayRow(soil, soil.random.int(-900, 900), {
        name,
        platform: "zj-industry",
        recordId,
        subject: "total",
      });
      soil.extra.push({ ...stray, title: "总学时", provider: "", hours: "120.0" });
    },
  },
} satisfies Record<string, { rate: number; soil: (soil: Soil) => void }>;

/** A record of its own, `hours` away from the person's first row, on any platform. */
function strayRow(soil: Soil, hours: number, changes: Partial<Draft>): Draft {
  const first = soil.versions.reduce((left, right) => (right.updateMs < left.updateMs ? right : left));
  const platform = changes.platform ?? soil.random.pick(PLATFORMS);
  const updateMs = first.updateMs + hours * HOUR_MS;
  return { ...first, platform, recordId: soil.newRecordId(platform), updateMs, servedMs: updateMs, ...changes };
}

/**
 * Records that meet 90/60/18 in 2020 only if whole unclassified ones fill both floors exactly: their sum is what the
 * total lacks, so that hours which could be split would always do. Now and then one is elsewhere, or of another year.
 */
function edgeRecords(soil: Soil): Draft[] {
  const { random, owner } = soil;
  const chunks = Array.from({ length: random.int(2, 4) }, () => random.int(13, 36) / 2);
  const lack = chunks.reduce((sum, hours) => sum + hours, 0) - 12;
  const part = random.chance(0.5) ? Math.min(chunks[0] ?? 0, lack) : random.int(0, 2 * lack) / 2;
  const commonLack = Math.min(18, lack, part);
  const edge = (subject: Draft["subject"], hours: number, nth: number): Draft => {
    const platform = subject === null && random.chance(0.08) ? random.pick(PLATFORMS) : owner.home;
    const recordId = soil.newRecordId(platform);
    const obtainedOn = `2020-0${nth + 1}-15`;
    const attributedYear = subject === null && random.chance(0.05) ? 2018 : 2020;
    const base = {
      ...last(soil),
      idNumber: owner.idNumber,
      name: owner.name,
      status: "final",
      asInstant: false,
    } as const;
    const updateMs = Date.parse(`${obtainedOn}T12:00:00+08:00`);
    const dates = { obtainedOn, attributedYear, updateMs, servedMs: updateMs };
    return { ...base, ...dates, platform, recordId, subject, hours: String(hours), title: `考核（${recordId}）` };
  };
  const registered = [
    ...[edge("professional", 60 - (lack - commonLack), 0), edge("industry_common", 18 - commonLack, 1)],
  ].filter(({ hours }) => Number(hours) > 0);
  return [...registered, ...chunks.map((hours, nth) => edge(null, hours, nth + 2))];
}
