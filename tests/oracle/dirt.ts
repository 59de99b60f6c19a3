import type { Random } from "./random.ts";
import { PLATFORMS, type Platform } from "./read-rows.ts";
import { addDays, type Draft, startOfDayMs } from "./render-rows.ts";
import { checkDigit, isIdNumber } from "./values.ts";

/** What a dirt class may do to one record: change its versions, or add records of its own. */
export type Soil = {
  versions: Draft[];
  readonly extra: Draft[];
  readonly random: Random;
  readonly newRecordId: (platform: Platform) => string;
  readonly owner: Readonly<{ idNumber: string; name: string; home: Platform }>;
};

export const HOUR_MS = 3_600_000;
const OTHER_NAMES = ["钱多多", "赵无名", "孙误写", "周某某"] as const;
const UNREADABLE = ["", "八", "NaN", "-3", "-1.5", "1.234", "0", "0.00", "8小时", "1e2", ".5", "7."] as const;

export function last(soil: Soil): Draft {
  const draft = soil.versions.at(-1);
  if (draft === undefined) throw new Error("a record has at least one version");
  return draft;
}

/** Adds a later version: the last one with these changes, hours to weeks on. */
function later(soil: Soil, changes: Partial<Draft>): void {
  const before = last(soil);
  const updateMs = before.updateMs + soil.random.int(1, 600) * HOUR_MS + soil.random.int(0, 3_599) * 1_000;
  soil.versions.push({ ...before, updateMs, servedMs: updateMs, ...changes });
}

/** Adds a version of the same update time. */
function atOnce(soil: Soil, changes: Partial<Draft>): void {
  soil.versions.push({ ...last(soil), ...changes });
}

function changeFirst(soil: Soil, changes: (draft: Draft) => Partial<Draft>): void {
  soil.versions = soil.versions.map((draft, index) => (index === 0 ? { ...draft, ...changes(draft) } : draft));
}

function otherHours(soil: Soil): string {
  return String(soil.random.int(1, 120) / 2);
}

export function otherName(soil: Soil): string {
  return soil.random.pick(OTHER_NAMES);
}

function wrongCheckDigit(id: string): string {
  return id.slice(0, 17) + (id.endsWith("0") ? "1" : "0");
}

/** Another valid id of the same birthday, from the end of the sequence, where no generated person is. */
function siblingId(id: string): string {
  const first17 = id.slice(0, 14) + String(999 - Number(id.slice(14, 17))).padStart(3, "0");
  return first17 + checkDigit(first17);
}

function impossibleBirth(soil: Soil, id: string): string {
  const first17 =
    id.slice(0, 6) + soil.random.pick(["19900230", "19911301", "19850431", "20190229"]) + id.slice(14, 17);
  return first17 + checkDigit(first17);
}

/** The same title to a reader: spaces, punctuation, symbols and width differ, digits and words do not. */
export function respellTitle(title: string, random: Random): string {
  const respelled = [
    ` ${title}`,
    title.replace("（", " (").replace("）", ")"),
    `《${title}》`,
    title.replace(/(?<=^..)/u, "·"),
    title.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
    `${title}！`,
    title.replace(/(?<=^...)/u, "　"),
    `${title}＋`,
  ] as const;
  return random.pick(respelled);
}

function twin(soil: Soil, changes: Partial<Draft>): void {
  const before = last(soil);
  const platform = changes.platform ?? before.platform;
  const updateMs = before.updateMs + soil.random.int(-20, 60) * HOUR_MS;
  const title = respellTitle(before.title, soil.random);
  soil.extra.push({ ...before, recordId: soil.newRecordId(platform), title, updateMs, servedMs: updateMs, ...changes });
}

/** Dirt of records: each class with its rate per record and what it does. Applied in this order, independently. */
export const RECORD_DIRT = {
  id_wrong_check_digit: {
    rate: 0.003,
    soil: (soil) => changeFirst(soil, (d) => ({ idNumber: wrongCheckDigit(d.idNumber) })),
  },
  id_wrong_length: { rate: 0.001, soil: (soil) => changeFirst(soil, (d) => ({ idNumber: d.idNumber.slice(0, 16) })) },
  id_impossible_birth: {
    rate: 0.001,
    soil: (soil) => changeFirst(soil, (d) => ({ idNumber: impossibleBirth(soil, d.idNumber) })),
  },
  hours_unreadable: { rate: 0.006, soil: (soil) => changeFirst(soil, () => ({ hours: soil.random.pick(UNREADABLE) })) },
  hours_corrected: {
    rate: 0.002,
    soil: (soil) => {
      const hours = last(soil).hours;
      changeFirst(soil, () => ({ hours: soil.random.pick(UNREADABLE) }));
      later(soil, { hours });
    },
  },
  hours_implausible: { rate: 0.004, soil: (soil) => changeFirst(soil, () => ({ hours: "180" })) },
  no_subject: { rate: 0.01, soil: (soil) => changeFirst(soil, () => ({ subject: null })) },
  subject_later: {
    rate: 0.002,
    soil: (soil) => {
      const subject = last(soil).subject;
      changeFirst(soil, () => ({ subject: null }));
      later(soil, { subject });
    },
  },
  year_differs: {
    rate: 0.01,
    soil: (soil) => changeFirst(soil, (d) => ({ attributedYear: d.attributedYear + soil.random.pick([-1, 1]) })),
  },
  utc_new_year: {
    rate: 0.01,
    soil: (soil) =>
      changeFirst(soil, (d) => ({
        obtainedOn: `${d.attributedYear}-01-01`,
        asInstant: true,
      })),
  },
  updated_before_obtained: {
    rate: 0.003,
    soil: (soil) =>
      changeFirst(soil, (d) => {
        const updateMs = startOfDayMs(d.obtainedOn) - soil.random.int(1, 400) * HOUR_MS;
        return { updateMs, servedMs: updateMs };
      }),
  },
  draft_then_final: {
    rate: 0.01,
    soil: (soil) => {
      changeFirst(soil, () => ({ status: soil.random.pick(["draft", "submitted"]) }));
      later(soil, { status: "final" });
    },
  },
  not_final: {
    rate: 0.008,
    soil: (soil) => changeFirst(soil, () => ({ status: soil.random.pick(["draft", "submitted"]) })),
  },
  sent_back: { rate: 0.004, soil: (soil) => later(soil, { status: soil.random.pick(["draft", "submitted"]) }) },
  superseded_hours: { rate: 0.015, soil: (soil) => later(soil, { hours: otherHours(soil) }) },
  back_and_forth: {
    rate: 0.003,
    soil: (soil) => {
      const { hours } = last(soil);
      later(soil, { hours: otherHours(soil) });
      later(soil, { hours });
    },
  },
  id_corrected: { rate: 0.003, soil: (soil) => later(soil, { idNumber: siblingId(last(soil).idNumber) }) },
  name_wrong_later: { rate: 0.004, soil: (soil) => later(soil, { name: otherName(soil) }) },
  name_wrong_only: {
    rate: 0.003,
    soil: (soil) => {
      const updateMs = last(soil).updateMs + 2_000 * HOUR_MS;
      soil.versions = soil.versions.map((draft) => ({ ...draft, name: otherName(soil), updateMs, servedMs: updateMs }));
    },
  },
  withdrawn: { rate: 0.005, soil: (soil) => later(soil, { status: "withdrawn" }) },
  withdrawn_hours_unreadable: {
    rate: 0.003,
    soil: (soil) => later(soil, { status: "withdrawn", hours: soil.random.pick(UNREADABLE) }),
  },
  withdrawn_restored: {
    rate: 0.002,
    soil: (soil) => {
      later(soil, { status: "withdrawn" });
      later(soil, { status: "final" });
    },
  },
  conflict_hours: { rate: 0.005, soil: (soil) => atOnce(soil, { hours: otherHours(soil) }) },
  conflict_equal_hours: {
    rate: 0.003,
    soil: (soil) =>
      atOnce(
        soil,
        soil.random.pick<Partial<Draft>>([
          { status: "submitted" },
          { status: "withdrawn" },
          { title: `${last(soil).title}续` },
          { subject: null },
          { obtainedOn: addDays(last(soil).obtainedOn, 1) },
        ]),
      ),
  },
  conflict_withdrawn_hours_unreadable: {
    rate: 0.001,
    soil: (soil) => atOnce(soil, { status: "withdrawn", hours: "" }),
  },
  conflict_three: {
    rate: 0.002,
    soil: (soil) => {
      atOnce(soil, { hours: otherHours(soil) });
      atOnce(soil, { hours: otherHours(soil), status: "submitted" });
    },
  },
  conflict_after_unchanged: {
    rate: 0.002,
    soil: (soil) => {
      later(soil, {});
      atOnce(soil, { hours: otherHours(soil) });
    },
  },
  conflict_then_touched: {
    rate: 0.003,
    soil: (soil) => {
      const { hours } = last(soil);
      atOnce(soil, { hours: otherHours(soil) });
      later(soil, soil.random.chance(0.5) ? { hours } : {});
    },
  },
  repeated_exactly: { rate: 0.005, soil: (soil) => atOnce(soil, {}) },
  loser_repeated: {
    rate: 0.001,
    soil: (soil) => {
      const { hours } = last(soil);
      atOnce(soil, { hours: otherHours(soil) });
      atOnce(soil, { hours });
    },
  },
  touched_later: { rate: 0.005, soil: (soil) => later(soil, {}) },
  duplicate: { rate: 0.008, soil: (soil) => twin(soil, { hours: otherHours(soil) }) },
  duplicate_tied: { rate: 0.003, soil: (soil) => twin(soil, {}) },
  duplicate_winner_withdrawn: {
    rate: 0.002,
    soil: (soil) => {
      twin(soil, { hours: "1" });
      later(soil, { status: "withdrawn" });
    },
  },
  duplicate_not_registered: { rate: 0.001, soil: (soil) => twin(soil, { hours: "200", status: "submitted" }) },
  near_duplicate_subject: {
    rate: 0.002,
    soil: (soil) =>
      twin(soil, { subject: last(soil).subject === "industry_common" ? "general_common" : "industry_common" }),
  },
  near_duplicate_date: { rate: 0.002, soil: (soil) => twin(soil, { obtainedOn: addDays(last(soil).obtainedOn, 1) }) },
  near_duplicate_platform: { rate: 0.004, soil: (soil) => twin(soil, { platform: soil.random.pick(PLATFORMS) }) },
  duplicate_no_subject: { rate: 0.002, soil: (soil) => twin(soil, { subject: null }) },
  csv_quoting: {
    rate: 0.004,
    soil: (soil) => {
      const tail = soil.random.pick([`，"上",下`, "\r\n第二行", `"`, ",", "（𠮷）"]);
      soil.versions = soil.versions.map((draft) => ({ ...draft, title: draft.title + tail }));
    },
  },
  // Off unless asked for: an older version that is served after a newer one changes receipts, never the end state.
  late_version: {
    rate: 0,
    soil: (soil) => {
      const { updateMs } = last(soil);
      const earlierMs = updateMs - soil.random.int(1, 200) * HOUR_MS;
      soil.versions.push({
        ...last(soil),
        hours: otherHours(soil),
        updateMs: earlierMs,
        servedMs: updateMs + 500 * HOUR_MS,
      });
    },
  },
} satisfies Record<string, { rate: number; soil: (soil: Soil) => void }>;

/** Dirt of the writing alone, rates per row: after normalisation the row says the same. */
export const SPELLING_DIRT = {
  full_width_id: { rate: 0.02, spell: (draft) => ({ idNumber: widen(draft.idNumber) }) },
  padded_id: { rate: 0.02, spell: (draft) => ({ idNumber: ` ${draft.idNumber}　` }) },
  lower_case_id: { rate: 0.03, spell: (draft) => ({ idNumber: draft.idNumber.toLowerCase() }) },
  id_15_digits: {
    rate: 0.005,
    spell: (draft) =>
      isIdNumber(draft.idNumber) && draft.idNumber.startsWith("19", 6)
        ? { idNumber: draft.idNumber.slice(0, 6) + draft.idNumber.slice(8, 17) }
        : {},
  },
  spaced_name: { rate: 0.03, spell: (draft) => ({ name: draft.name.replace(/(?<=^.)/u, " ") }) },
  full_width_hours: { rate: 0.03, spell: (draft) => ({ hours: `${widen(draft.hours)} ` }) },
  trailing_zero_hours: {
    rate: 0.03,
    spell: (draft) => ({ hours: /^[0-9]+\.[0-9]$/.test(draft.hours) ? `${draft.hours}0` : draft.hours }),
  },
  utc_instant: { rate: 0.3, spell: () => ({ asInstant: true }) },
  padded_title: { rate: 0.02, spell: (draft) => ({ title: ` ${draft.title} ` }) },
} satisfies Record<string, { rate: number; spell: (draft: Draft) => Partial<Draft> }>;

/** Digits and Latin letters in their full-width form; the dot stays. */
function widen(text: string): string {
  return text.replace(/[0-9A-Za-z]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
}
