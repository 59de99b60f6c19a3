import { type ExportRow, exportColumns, type Simulators } from "@xueshi/scripts/simulators";
import { type Feeds, PLATFORMS, type Platform } from "../oracle/index.ts";
import { randomFrom } from "../oracle/random.ts";
import { type Arrival, feedsOf, type Material, updateMsOf } from "./arrivals.ts";

/** How much later than its update time a row may appear in a listing by update time: less than the pulls look back. */
export const LATE_MS_MAX = 86_399_000;

/** A row of a platform, or one that is sent once more. */
type Row = Extract<Arrival, { kind: "row" }>;

/**
 * A feed that comes to the simulated platforms a part at a time: rows of a listing late by up to a day, rows behind a
 * cursor in any order, files in any order and each of them several times, ever longer.
 */
export class FeedInParts {
  readonly #simulators: Simulators;
  readonly #material: Material;
  readonly #waiting: Readonly<Record<Platform, Row[]>>;
  readonly #there: Row[] = [];

  constructor(simulators: Simulators, material: Material, seed: number) {
    this.#simulators = simulators;
    this.#material = material;
    const random = randomFrom(seed);
    const rows = material.arrivals.filter((one) => one.kind === "row");
    const late = new Map(rows.map((row) => [row, updateMsOf(row) + random.int(0, 1) * random.int(0, LATE_MS_MAX)]));
    const any = new Map(rows.map((row) => [row, random.unit()]));
    const inOrder = (platform: Platform, places: ReadonlyMap<Row, number>) =>
      rows
        .filter(({ source }) => source === platform)
        .toSorted((left, right) => (places.get(left) ?? 0) - (places.get(right) ?? 0));
    this.#waiting = {
      "quzhou-city": inOrder("quzhou-city", late),
      "zj-industry": inOrder("zj-industry", any),
      "zj-natural-resources": inOrder("zj-natural-resources", any),
    };
  }

  /** The rows that are there, those sent twice twice. */
  get rows(): readonly Row[] {
    return this.#there;
  }

  feeds(): Feeds {
    return feedsOf(this.#there, this.#material.categories);
  }

  has(platform: Platform): boolean {
    return this.#there.some(({ source }) => source === platform);
  }

  /** The next rows of a platform appear. */
  async grow(platform: Platform, count: number): Promise<void> {
    const rows = this.#waiting[platform].splice(0, count);
    if (platform === "zj-natural-resources") await this.#deliver(rows);
    else this.#append(platform, rows);
  }

  /** The same while the platform is being asked: only where rows simply appear. */
  growAtOnce(platform: Platform, count: number): void {
    if (platform !== "zj-natural-resources") this.#append(platform, this.#waiting[platform].splice(0, count));
  }

  /** So many hundredths of what still waits appear, of each platform. */
  async growShare(hundredths: number): Promise<void> {
    for (const platform of PLATFORMS) {
      await this.grow(platform, Math.ceil((this.#waiting[platform].length * hundredths) / 100));
    }
  }

  /** A row that is there comes once more, as a row of its own. */
  async repeat(platform: Platform, nth: number): Promise<void> {
    const there = this.#there.filter(({ source }) => source === platform);
    const newestMs = Math.max(0, ...there.map(updateMsOf));
    const rows = platform === "quzhou-city" ? there.filter((row) => updateMsOf(row) >= newestMs - LATE_MS_MAX) : there;
    const row = rows[nth % Math.max(1, rows.length)];
    if (row === undefined) return;
    if (platform === "zj-natural-resources") await this.#deliver([row]);
    else this.#append(platform, [row]);
  }

  #append(platform: "quzhou-city" | "zj-industry", rows: readonly Row[]): void {
    this.#simulators.append(
      platform,
      rows.map(({ raw }) => raw),
    );
    this.#there.push(...rows);
  }

  async #deliver(rows: readonly Row[]): Promise<void> {
    this.#there.push(...rows);
    for (const file of new Set(rows.map(fileOf))) {
      const content = this.#there.filter((row) => row.source === "zj-natural-resources" && fileOf(row) === file);
      await this.#simulators.zjNaturalResources.deliverRows(file, content.map(exportRowOf));
    }
  }
}

/** YYYYMM is the month of the update time in Asia/Shanghai. */
function fileOf(row: Row): string {
  const month = new Date(updateMsOf(row) + 8 * 3_600_000).toISOString().slice(0, 7);
  return `export-${month.replace("-", "")}.csv`;
}

function exportRowOf({ raw }: Row): ExportRow {
  return Object.fromEntries(exportColumns.map((column) => [column, String(raw[column] ?? "")])) as ExportRow;
}
