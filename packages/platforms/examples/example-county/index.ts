import { definePlatform } from "../../src/platform.ts";
import { connection } from "./connection.ts";
import { expectations } from "./expectations.ts";
import { mapping } from "./mapping.ts";
import { schedule } from "./schedule.ts";
import { subjectCodes } from "./subject-codes.ts";

/** An invented county, as the guide adds it (adding-a-platform.md). */
export const exampleCounty = definePlatform({
  name: "example-county",
  title: { zh: "某县专业技术人员继续教育平台", en: "An example county's platform" },
  connection,
  mapping,
  subjects: subjectCodes,
  schedule,
  expectations,
});
