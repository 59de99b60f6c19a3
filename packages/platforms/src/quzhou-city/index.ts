import { definePlatform } from "../platform.ts";
import { connection } from "./connection.ts";
import { expectations } from "./expectations.ts";
import { mapping } from "./mapping.ts";
import { schedule } from "./schedule.ts";
import { subjectCodes } from "./subject-codes.ts";

export const quzhouCity = definePlatform({
  name: "quzhou-city",
  title: { zh: "衢州市专业技术人员继续教育学习平台", en: "Quzhou continuing education platform" },
  connection,
  mapping,
  subjects: subjectCodes,
  schedule,
  expectations,
});
