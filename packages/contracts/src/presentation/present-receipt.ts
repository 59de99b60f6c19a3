import type { ReceiptOutcome } from "@xueshi/domain";
import { HOLD_TEXTS, REFUSAL_TEXTS } from "../catalogue/records.ts";
import type { CodeText, Language } from "../language.ts";
import type { Receipt, ReceiptCode } from "../schemas/receipt.ts";
import type { FieldError } from "../validation/field-errors.ts";

const TEXTS: Readonly<Record<ReceiptCode, CodeText>> = { ...REFUSAL_TEXTS, ...HOLD_TEXTS };

/** One receipt as JSON: the message explains the code, and the fields at fault follow when the shape is wrong. */
export function presentReceipt(
  receipt: {
    readonly index: number;
    readonly recordId: string | null;
    readonly outcome: ReceiptOutcome;
    readonly code: ReceiptCode | null;
    readonly errors?: readonly FieldError[];
  },
  language: Language,
): Receipt {
  const { index, recordId, outcome, code, errors } = receipt;
  const message = code === null ? null : TEXTS[code].message[language];
  if (errors === undefined || errors.length === 0) return { index, recordId, outcome, code, message };
  return { index, recordId, outcome, code, message, errors: [...errors] };
}
