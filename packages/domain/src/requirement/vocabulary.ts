/** One word of a closed list: the code that stands in requests and rule files, and its Chinese label. */
export interface VocabularyTerm {
  readonly code: string;
  readonly label: string;
}

/** The closed lists of series and education; they hold for every place and declaration year. */
export interface Vocabulary {
  readonly series: readonly VocabularyTerm[];
  readonly educations: readonly VocabularyTerm[];
}
