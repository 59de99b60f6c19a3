import { type FieldError, fieldError, type Language } from "@xueshi/contracts";
import type { AdmissionContext } from "@xueshi/domain";
import { type JudgedRow, judgeRows, OrdinalCounter } from "./judge-rows.ts";
import { pushedRow } from "./pushed-row.ts";

/** One element of a push: what was sent, or what came of a line that could not even be read. */
export type PushedElement = { readonly value: unknown } | { readonly unreadable: unknown };

export interface JudgedPush {
  /** One for each element, in their order. */
  readonly judged: readonly JudgedRow[];
  /** By the place of an element: its fields at fault. */
  readonly errors: ReadonlyMap<number, readonly FieldError[]>;
}

export interface PushOrigin {
  /** The source that the key is bound to. */
  readonly source: string;
  readonly receivedAtMs: number;
  readonly language: Language;
}

/** Judges what a training platform sent, element by element; a bad one is refused by itself and stops no other. */
export function judgePush(
  elements: readonly PushedElement[],
  origin: PushOrigin,
  admission: AdmissionContext,
): JudgedPush {
  const { source, receivedAtMs, language } = origin;
  const ordinals = new OrdinalCounter();
  const errors = new Map<number, readonly FieldError[]>();
  const judged = elements.flatMap((element, index): JudgedRow[] => {
    const isReadable = "value" in element;
    const raw = isReadable ? element.value : element.unreadable;
    const row = pushedRow(raw, source, receivedAtMs, language, admission);
    if (row.kind !== "misshapen") {
      return judgeRows(source, [row], ordinals, admission, { firstIndex: index, file: "push" }).judged;
    }
    errors.set(index, isReadable ? row.errors : [fieldError("", "line_invalid", language)]);
    return [{ kind: "refused", row: row.row, isWithdrawn: false, index, ordinal: 1 }];
  });
  return { judged, errors };
}
