import { definePlatform } from "../platform.ts";
import { connection } from "./connection.ts";
import { expectations } from "./expectations.ts";
import { mapping } from "./mapping.ts";
import { schedule } from "./schedule.ts";
import { subjectCodes } from "./subject-codes.ts";

export const zjNaturalResources = definePlatform({
  name: "zj-natural-resources",
  title: {
    zh: "浙江省自然资源专业技术人员继续教育平台",
    en: "Zhejiang natural resources continuing education platform",
  },
  connection,
  mapping,
  subjects: subjectCodes,
  schedule,
  expectations,
});
