import { codeText } from "../language.ts";

export const ERASURE_PROBLEMS = {
  erased: {
    status: 410,
    ...codeText(
      "个人信息已删除",
      "其个人信息已依法删除，不再提供，也不再处理；账中只留不含身份的分录。",
      "The personal data were erased",
      "The personal data were erased by law: nothing is answered about them and nothing is done with them any more. What stays in the ledger are entries that name nobody.",
    ),
  },
} as const;
