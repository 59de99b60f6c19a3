import {
  decisionOfContent,
  type JudgedVersion,
  type JudgingContext,
  judgeVersion,
  type KnownNames,
  type NameVariantPolicy,
  type RecordVersion,
  type RowDecision,
  type VersionJudgement,
  voidingDecision,
} from "@xueshi/domain";

/** What is known of the records of a batch when its rows are judged beside what is stored. */
export interface StoredKnowledge {
  readonly knownNames: ReadonlyMap<string, KnownNames>;
  /** The decisions in force, by record. */
  readonly decisions: ReadonlyMap<string, readonly RowDecision[]>;
  /** Default `hold`. */
  readonly nameVariants?: NameVariantPolicy | undefined;
}

type Judged = JudgedVersion & Pick<RecordVersion, "recordKey">;

export interface VersionJudge {
  readonly judge: (version: Judged) => VersionJudgement;
  /** Whether an operator refused the content. */
  readonly isRefused: (version: Pick<RecordVersion, "recordKey" | "contentDigest">) => boolean;
  /** A version that comes now, left out where an earlier decision says so. */
  readonly withVoiding: (version: RecordVersion) => RecordVersion;
}

const NONE: readonly RowDecision[] = [];

/** Judges versions by the names and decisions that hold now. */
export function createVersionJudge({ knownNames, decisions, nameVariants = "hold" }: StoredKnowledge): VersionJudge {
  const plain: JudgingContext = { knownNames: (id) => knownNames.get(id), nameVariants, decisions: NONE };
  const decisionsOf = (recordKey: string) => decisions.get(recordKey) ?? NONE;
  return {
    judge(version) {
      const ofRecord = decisionsOf(version.recordKey);
      return judgeVersion(version, ofRecord === NONE ? plain : { ...plain, decisions: ofRecord });
    },
    isRefused: ({ recordKey, contentDigest }) =>
      decisionOfContent(contentDigest, decisionsOf(recordKey))?.kind === "refuse",
    withVoiding(version) {
      const voiding = voidingDecision(version, decisionsOf(version.recordKey));
      return voiding === null ? version : { ...version, voidedBy: voiding.decisionId };
    },
  };
}
