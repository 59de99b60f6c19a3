import { definePlatform } from "../platform.ts";
import { connection } from "./connection.ts";
import { expectations } from "./expectations.ts";
import { mapping } from "./mapping.ts";
import { schedule } from "./schedule.ts";
import { subjectCodes } from "./subject-codes.ts";

export const zjIndustry = definePlatform({
  name: "zj-industry",
  title: { zh: "浙江省工业和信息化继续教育平台", en: "Zhejiang industry continuing education platform" },
  connection,
  mapping,
  subjects: subjectCodes,
  schedule,
  expectations,
});
