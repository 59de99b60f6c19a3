import { type CodeText, codeText } from "../language.ts";

/** How far an upload is. */
export const UPLOAD_STATES = ["received", "awaiting_confirmation", "storing", "stored", "posted", "failed"] as const;
export type UploadState = (typeof UPLOAD_STATES)[number];

export const UPLOAD_STATE_TEXTS: Readonly<Record<UploadState, CodeText>> = {
  received: codeText(
    "检查中",
    "文件已落盘，正在逐行检查。",
    "Received",
    "The file is on disk; its rows are being checked.",
  ),
  awaiting_confirmation: codeText(
    "待确认",
    "文件中有尚未出现过的人员，请核对后确认是否上报。",
    "Waits for confirmation",
    "The file names people who are not known yet; please look at them and confirm.",
  ),
  storing: codeText("接收中", "正在分批接收各行。", "Storing", "Its rows are being taken in, batch by batch."),
  stored: codeText("已接收", "各行已接收，正待入账。", "Stored", "Its rows are taken in and wait to be posted."),
  posted: codeText("已入账", "各行都已入账。", "Posted", "All its rows are in the ledger."),
  failed: codeText(
    "未接收",
    "文件未被接收，原因见 reason。",
    "Failed",
    "The file was not taken; the reason is in reason.",
  ),
};

/** Why an upload failed as a whole. */
export const UPLOAD_FAILURE_TEXTS = {
  content_expired: codeText(
    "文件已过保存期",
    "等待确认的时间过长，文件已过保存期；请重新上传。",
    "File is no longer kept",
    "It waited for so long that its content is no longer kept; please upload it again.",
  ),
  content_erased: codeText(
    "文件已销毁",
    "文件中有人的个人信息已依法删除，整个文件随之销毁；请去除其行后重新上传（已接收的行不会重复计算）。",
    "File was destroyed",
    "The personal data of somebody in it were erased by law, and the file was destroyed with them; please take the rows out and upload it again (rows taken before do not count twice).",
  ),
  file_encrypted: codeText(
    "文件已加密",
    "文件设有密码；请取消密码后重新上传。",
    "File is encrypted",
    "The file has a password; please remove it and upload again.",
  ),
  file_malformed: codeText(
    "文件无法读取",
    "文件损坏，或不是所称的格式；请另存为 xlsx 或 CSV 后重新上传。",
    "File cannot be read",
    "The file is damaged or not what it says; please save it as xlsx or CSV again.",
  ),
  file_too_large: codeText(
    "文件过大",
    "文件解开后过大或行数过多；请拆分后上传。",
    "File is too large",
    "It unpacks to too much, or has too many rows; please split it.",
  ),
  file_undecodable: codeText(
    "编码不对",
    "文件不是所称的编码；请以 UTF-8 或 GB18030 保存。",
    "Encoding is wrong",
    "The file is not in the encoding it says; please save it in UTF-8 or GB18030.",
  ),
  header_missing: codeText(
    "缺少表头",
    "没有找到模板的表头，或缺少必填的列；缺少的列见 findings，模板见 GET /v1/uploads/template。",
    "Header is missing",
    "The template's header, or a required column of it, was not found; the columns are in the findings, the template at GET /v1/uploads/template.",
  ),
  header_repeated: codeText(
    "表头重复",
    "表头中有的列不止一处，无从得知以哪一处为准；重复的列见 findings，请删去或改名后重新上传。",
    "Header is repeated",
    "A column of the template is there more than once, and which one counts is not known; the columns are in the findings; please remove or rename one.",
  ),
  internal_error: codeText(
    "系统出错",
    "因系统自身的原因未能处理完这一文件；已接收的批次见 batches。请重新上传（已接收的行不会重复计算），仍不成功请联系运维。",
    "Something went wrong here",
    "For a reason of ours the file was not taken to its end; what was taken is in batches. Please upload it again (rows taken before do not count twice), and tell the operator if it fails once more.",
  ),
  rows_missing: codeText("没有数据", "表头之下没有数据行。", "No rows", "There is no row below the header."),
  rows_invalid: codeText(
    "有错误的行",
    "要求全部接收或全不接收，而有的行有误；请按 findings 改正后重新上传。",
    "Rows are wrong",
    "It was to be taken whole or not at all, and rows are wrong; please correct them by the findings and upload again.",
  ),
  cancelled: codeText("已取消", "上传者取消了这次上传。", "Cancelled", "It was cancelled by who uploaded it."),
} as const satisfies Record<string, CodeText>;

/** What a finding of an upload says beside the codes of receipts and fields. */
export const UPLOAD_FINDING_TEXTS = {
  person_unknown: codeText(
    "首次出现的人员",
    "该证件号码此前没有任何记录；请核对证件号码与姓名。",
    "Person is not known yet",
    "Nothing was ever recorded under this id; please check id and name.",
  ),
  record_repeated: codeText(
    "记录号重复",
    "文件中前面的行已用此记录号：内容相同的只计一次，不同的以学时较少者为准；若是另一条记录，请改用新的记录号。",
    "Record number is repeated",
    "A row above has the same record number: equal rows count once, of different ones that with fewer hours stands; another record needs a number of its own.",
  ),
  number_rounded: codeText(
    "号码已失去末位数字",
    "单元格是数字格式，超过 15 位的号码已失去末位数字；请将该列设为文本格式后重新填写。",
    "Number has lost digits",
    "The cell is a number, and of more than 15 digits the last ones are lost; please make the column text and type it again.",
  ),
  column_repeated: codeText(
    "此列重复",
    "表头中此列不止一处。",
    "Column is repeated",
    "This column is there more than once.",
  ),
  column_missing: codeText("缺少此列", "模板要求此列。", "Column is missing", "The template requires this column."),
} as const satisfies Record<string, CodeText>;
