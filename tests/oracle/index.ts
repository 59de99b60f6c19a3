export {
  type Answer,
  type AnswerOptions,
  answer,
  answerer,
  answerTo,
  type Declaration,
  type Gaps,
  type Needs,
  NOTICE_2020,
  type Rules,
  type UnknownReason,
} from "./answer.ts";
export { loadFeeds, readJsonLines } from "./load-feeds.ts";
export {
  type Category,
  type Feeds,
  PLATFORMS,
  type Platform,
  type Push,
  type RawRow,
  type Row,
  readRows,
  type Subject,
} from "./read-rows.ts";
export {
  markDuplicates,
  type OperatorDecision,
  type RecordState,
  refusalOf,
  type Settled,
  type SettledRecord,
  type Summary,
  settle,
  standing,
  standingRow,
  stateAlone,
  summary,
} from "./settle.ts";
