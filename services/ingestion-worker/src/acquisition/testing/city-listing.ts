import { type HttpJsonConnection, type PageByUpdateTime, type Platform, platformNamed } from "@xueshi/platforms";

export type CityRow = Readonly<Record<string, unknown>> & { readonly Id: string; readonly UpdateTime: string };

export interface SmallCity {
  readonly platform: Platform;
  readonly connection: HttpJsonConnection;
  readonly paging: PageByUpdateTime;
}

/** The city's platform with small pages and no overlap, unless said otherwise. */
export function smallCity(
  paging: Partial<PageByUpdateTime> = {},
  settings: Partial<HttpJsonConnection> = {},
): SmallCity {
  const platform = platformNamed("quzhou-city");
  if (platform?.connection.transport !== "http-json") throw new Error("The city's platform is not configured.");
  if (platform.connection.paging.kind !== "page-by-update-time") throw new Error("Another paging than expected.");
  const small = { ...platform.connection.paging, rowsPerPage: 3, overlapSeconds: 0, ...paging };
  const connection = { ...platform.connection, ...settings, paging: small };
  return { platform: { ...platform, connection }, connection, paging: small };
}

/** `2020-01-01 00:00:00` plus so many seconds, within a day. */
export function secondsAfter(seconds: number): string {
  return new Date(Date.UTC(2020, 0, 1) + seconds * 1_000).toISOString().slice(0, 19).replace("T", " ");
}

export function cityRow(id: string, seconds: number, changes: Readonly<Record<string, unknown>> = {}): CityRow {
  return {
    Id: id,
    IdCard: "330899198101270340",
    RealName: "杨宇国",
    OrgName: "某单位",
    CategoryId: 103,
    CategoryName: "学术会议",
    Name: `课程${id}`,
    TrainOrg: "学院",
    Credit: 8,
    CreditTime: "2019-12-31",
    Status: 3,
    TaskName: "已通过",
    UpdateTime: secondsAfter(seconds),
    ...changes,
  };
}

/** The city's listing as the platform keeps it: by update time, then id; a touched row moves to the end. */
export class CityListing {
  #rows: CityRow[] = [];
  /** The most rows a page holds, whatever is asked. */
  rowsMax = 2_000;

  constructor(rows: readonly CityRow[]) {
    this.append(rows);
  }

  get rows(): readonly CityRow[] {
    return this.#rows;
  }

  append(rows: readonly CityRow[]): void {
    this.#rows = [...this.#rows, ...rows].toSorted((left, right) => compare(left, right));
  }

  /** Rows are gone without a trace, as after a platform was restored from an old copy. */
  remove(isGone: (row: CityRow) => boolean): void {
    this.#rows = this.#rows.filter((row) => !isGone(row));
  }

  touch(id: string, seconds: number): void {
    const touched = this.#rows
      .filter((row) => row.Id === id)
      .map((row) => ({ ...row, UpdateTime: secondsAfter(seconds) }));
    this.#rows = this.#rows.filter((row) => row.Id !== id);
    this.append(touched);
  }

  page(query: URLSearchParams): { total: number; list: CityRow[] } {
    const matching = this.#rows.filter((row) => row.UpdateTime >= (query.get("updatedFrom") ?? ""));
    const rowsPerPage = Math.min(Number(query.get("pageSize")), this.rowsMax);
    const start = (Number(query.get("pageIndex")) - 1) * rowsPerPage;
    return { total: matching.length, list: matching.slice(start, start + rowsPerPage) };
  }
}

function compare(left: CityRow, right: CityRow): number {
  const [leftKey, rightKey] = [`${left.UpdateTime} ${left.Id}`, `${right.UpdateTime} ${right.Id}`];
  return leftKey < rightKey ? -1 : leftKey > rightKey ? 1 : 0;
}
