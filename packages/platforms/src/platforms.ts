import { demoTraining } from "./demo-training/index.ts";
import type { Platform, PushSource } from "./platform.ts";
import { quzhouCity } from "./quzhou-city/index.ts";
import { zjIndustry } from "./zj-industry/index.ts";
import { zjNaturalResources } from "./zj-natural-resources/index.ts";

/** Every platform that is pulled. A new one is a folder beside these and a line here. */
export const PLATFORMS: readonly Platform[] = [quzhouCity, zjIndustry, zjNaturalResources];

/** Training platforms with a code table of their own; one without may still push, with the subjects' own names. */
export const PUSH_SOURCES: readonly PushSource[] = [demoTraining];

/** The pulled platform of that name, or null. */
export function platformNamed(name: string): Platform | null {
  return PLATFORMS.find((platform) => platform.name === name) ?? null;
}

/** Whoever sends records under that name; a training platform without a folder says subjects by their own names. */
export function sourceNamed(name: string): Platform | PushSource {
  const known = platformNamed(name) ?? PUSH_SOURCES.find((source) => source.name === name);
  const subjects = { catalogueClasses: null, codes: null, acceptsNames: true };
  return known ?? { name, title: { zh: name, en: name }, subjects };
}
