import { PLAUSIBILITY_DEFAULT } from "@xueshi/domain";
import { demoTraining } from "./demo-training/index.ts";
import type { Platform, PushSource } from "./platform.ts";
import { quzhouCity } from "./quzhou-city/index.ts";
import { zjIndustry } from "./zj-industry/index.ts";
import { zjNaturalResources } from "./zj-natural-resources/index.ts";

/** Who may send records: the platforms that are pulled, and the training platforms with a code table of their own. */
export interface SourceRegistry {
  readonly platforms: readonly Platform[];
  readonly pushSources: readonly PushSource[];
  /** The pulled platform of that name, or null. */
  platformNamed(name: string): Platform | null;
  /** Whoever sends records under that name; a training platform without a folder says subjects by their own names. */
  sourceNamed(name: string): Platform | PushSource;
}

export function createSourceRegistry(
  platforms: readonly Platform[],
  pushSources: readonly PushSource[],
): SourceRegistry {
  const pulled = new Map(platforms.map((platform) => [platform.name, platform]));
  const pushing = new Map(pushSources.map((source) => [source.name, source]));
  const plausibility = PLAUSIBILITY_DEFAULT;
  const subjects = { catalogueClasses: null, codes: null, acceptsNames: true };
  return {
    platforms,
    pushSources,
    platformNamed: (name) => pulled.get(name) ?? null,
    sourceNamed: (name) =>
      pulled.get(name) ?? pushing.get(name) ?? { name, title: { zh: name, en: name }, subjects, plausibility },
  };
}

/** Every source with a folder here. A new one is a folder beside these and a word in these lists. */
export const SOURCES: SourceRegistry = createSourceRegistry(
  [quzhouCity, zjIndustry, zjNaturalResources],
  [demoTraining],
);

export const { platforms: PLATFORMS, pushSources: PUSH_SOURCES, platformNamed, sourceNamed } = SOURCES;
