import { definePushSource } from "../platform.ts";
import { subjectCodes } from "./subject-codes.ts";

export const demoTraining = definePushSource({
  name: "demo-training",
  title: { zh: "演示培训平台", en: "Demonstration training platform" },
  subjects: subjectCodes,
});
