import type { AdmissionContext } from "@xueshi/domain";
import type { Platform } from "@xueshi/platforms";
import type { Sealed, Vault } from "@xueshi/vault";
import type { IngestionContext } from "../../ingestion-context.ts";
import { admissionContextOf } from "../admission-context.ts";
import { incomingRow } from "../incoming-row.ts";
import { judgePush } from "../judge-push.ts";
import { judgeRows, OrdinalCounter } from "../judge-rows.ts";
import { erasedRow, isErasedRow, isWithdrawal, replaceRawRows } from "../quarantine/open-raw-rows.ts";

/** Where rows came from, by which they are read. */
interface RawOrigin {
  readonly source: string;
  readonly origin: "pull" | "push";
  readonly receivedAtMs: number;
}

/** What a kept row says of whom it is; a row that can be read as no record at all says neither. */
export interface SaidOfRow {
  /** Null: the id could not be read. */
  readonly practitionerId: string | null;
  readonly recordKey: string | null;
  readonly row: unknown;
}

/** `names`: it is somebody else's, and says who was erased; the record is still to be known by its key. */
export type WhoseRow = "theirs" | "names" | "others";

interface ErasedRows {
  readonly content: Buffer;
  /** How many rows were taken out. */
  readonly rows: number;
}

/**
 * A kept page without some of its rows: a keyed digest stands in the place of each, so that those that stay are still found
 * where they were. Null: no row is among them.
 */
export function eraseRawRows(
  content: Uint8Array,
  from: RawOrigin,
  whose: (said: SaidOfRow) => WhoseRow,
  context: Pick<IngestionContext, "vault" | "sources">,
): ErasedRows | null {
  const platform = from.origin === "pull" ? context.sources.platformNamed(from.source) : null;
  const admission = admissionContextOf(context);
  let rows = 0;
  const replaced = replaceRawRows(content, platform, (row) => {
    if (isErasedRow(row)) return undefined;
    const said = { ...saidBy(row, from, platform, admission), row };
    const is = whose(said);
    if (is === "others") return undefined;
    rows += 1;
    return erasedRow(digestOf(row, context.vault), is === "theirs" ? null : said.recordKey);
  });
  return replaced === null ? null : { content: replaced, rows };
}

function digestOf(row: unknown, vault: Pick<Vault, "sealTexts">): string {
  return vault.sealTexts("erased row", [JSON.stringify(row)]);
}

/** Reads a row as it is read when it comes. */
function saidBy(
  raw: unknown,
  { source, origin, receivedAtMs }: RawOrigin,
  platform: Platform | null,
  admission: AdmissionContext,
): Pick<SaidOfRow, "practitionerId" | "recordKey"> {
  const pulled = () =>
    platform === null
      ? []
      : judgeRows(source, [incomingRow(platform, raw)], new OrdinalCounter(), admission, { firstIndex: 0, file: null })
          .judged;
  const pushed = () => judgePush([{ value: raw }], { source, receivedAtMs, language: "en" }, admission).judged;
  const [row] = origin === "pull" ? pulled() : pushed();
  if (row === undefined) return { practitionerId: null, recordKey: null };
  const { practitionerId, recordKey } = row.kind === "version" ? row.version : row.row;
  return { practitionerId, recordKey };
}

/** Seals what came without the rows of some people; null: it was about a record of one of them, and nothing is kept. */
export function sealWithout(
  { content, sealed }: { readonly content: string | Uint8Array; readonly sealed: Sealed },
  from: RawOrigin,
  people: ReadonlySet<string>,
  context: Pick<IngestionContext, "vault" | "sources">,
): Sealed | null {
  const bytes = Buffer.from(content);
  if (from.origin === "push" && isWithdrawal(bytes)) return null;
  const whose = ({ practitionerId }: SaidOfRow) => (people.has(practitionerId ?? "") ? "theirs" : "others");
  const erased = eraseRawRows(bytes, from, whose, context);
  return erased === null ? sealed : context.vault.sealPage(erased.content);
}
