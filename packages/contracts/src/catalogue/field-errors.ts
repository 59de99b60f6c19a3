import { type CodeText, codeText } from "../language.ts";

/**
 * Codes under `errors` of a `validation_failed` problem. `{…}` is filled with limits and lists of the contract itself;
 * a value that was sent is never repeated, because it may be personal.
 */
export const FIELD_ERRORS = {
  required: codeText("缺少", "必须提供。", "Required", "This field is required."),
  unknown_field: codeText(
    "未知字段",
    "没有这个字段，请删去或核对拼写。",
    "Unknown field",
    "There is no such field; please remove it or check its spelling.",
  ),
  type_wrong: codeText("类型不对", "类型应为 {expected}。", "Wrong type", "The value must be of type {expected}."),
  value_not_listed: codeText(
    "不在允许值中",
    "须为下列之一：{allowed}。",
    "Not in the list",
    "The value must be one of: {allowed}.",
  ),
  too_short: codeText("过短", "至少 {minimum} 个字符。", "Too short", "At least {minimum} characters are needed."),
  too_long: codeText("过长", "至多 {maximum} 个字符。", "Too long", "At most {maximum} characters are taken."),
  too_small: codeText("过小", "不得小于 {minimum}。", "Too small", "The value must be at least {minimum}."),
  too_large: codeText("过大", "不得大于 {maximum}。", "Too large", "The value must be at most {maximum}."),
  too_few: codeText("条数过少", "至少 {minimum} 条。", "Too few", "At least {minimum} items are needed."),
  too_many: codeText(
    "条数过多",
    "至多 {maximum} 条，请分批。",
    "Too many",
    "At most {maximum} items are taken at once; please split them.",
  ),
  format_wrong: codeText(
    "格式不对",
    "格式不对，或含有不可用的字符；要求见文档。",
    "Wrong format",
    "The form is wrong or a character is not allowed; the docs give the form.",
  ),
  line_invalid: codeText(
    "该行不是有效的 JSON",
    "每行须是一个 UTF-8 编码的 JSON 对象，且不超过长度上限。",
    "Line is not valid JSON",
    "Each line must be one JSON object in UTF-8, within the length limit.",
  ),
  erased: codeText(
    "本人信息已删除",
    "其个人信息已依法删除，不再处理。",
    "The person was erased",
    "The personal data were erased by law; nothing is done with them any more.",
  ),
  id_invalid: codeText(
    "证件号码无效",
    "须为该证件类型的有效号码（居民身份证 18 位或 15 位，校验码与出生日期须正确）。",
    "Id is not valid",
    "It must be a valid number of its type of document (a resident id has 18 characters, or 15 digits, with the right check character and birth date).",
  ),
  date_invalid: codeText(
    "日期无效",
    "须为存在的日期，形如 2020-07-31。",
    "Date is not valid",
    "It must be a date that exists, like 2020-07-31.",
  ),
  instant_invalid: codeText(
    "时刻无效",
    "须为带时区的时刻，形如 2020-07-31T08:00:00+08:00。",
    "Instant is not valid",
    "It must be an instant with its zone, like 2020-07-31T08:00:00+08:00.",
  ),
  hours_invalid: codeText(
    "学时无效",
    "学时须大于 0，至多两位小数。",
    "Hours are not valid",
    "Hours must be more than 0, with at most two decimals.",
  ),
  cursor_invalid: codeText(
    "游标无效",
    "请原样使用上一页给出的 nextCursor。",
    "Cursor is not valid",
    "Please send the nextCursor of the page before, unchanged.",
  ),
  range_invalid: codeText(
    "日期范围无效",
    "结束日期不得早于开始日期，且至多 {maximum} 天；更长的范围请分几次。",
    "Range is not valid",
    "The end must not be before the start, and a range has at most {maximum} days; please ask for a longer one in parts.",
  ),
  choose_one: codeText(
    "只能提供其一",
    "以下只能且须提供其一：{allowed}。",
    "Choose one",
    "Exactly one of these is taken: {allowed}.",
  ),
  one_per_year: codeText(
    "每年只能一项",
    "每个年度只能提供一项。",
    "One for each year",
    "At most one is taken for each year.",
  ),
  named_twice: codeText(
    "重复列出",
    "这一项前面已经列出，每项只列一次。",
    "Named twice",
    "It is named before already; please name each once.",
  ),
  not_known: codeText("不存在", "没有这一项，请核对。", "Not known", "There is no such thing; please check it."),
  not_together: codeText(
    "不能同时提供",
    "不能与 {other} 同时提供。",
    "Not together",
    "This cannot be given together with {other}.",
  ),
} as const satisfies Record<string, CodeText>;

export type FieldErrorCode = keyof typeof FIELD_ERRORS;
export const FIELD_ERROR_CODES = Object.keys(FIELD_ERRORS) as readonly FieldErrorCode[];
