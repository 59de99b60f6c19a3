export { type Catalogue, readCatalogue } from "./catalogue.ts";
export type { MappedRow } from "./compile-mapping.ts";
export type { Connection } from "./connection.ts";
export type { FileConnection } from "./file-connection.ts";
export type {
  CursorPaging,
  HmacSigned,
  HttpJsonConnection,
  PageByUpdateTime,
  TokenLogin,
} from "./http-json-connection.ts";
export { isSchemaDrift } from "./is-schema-drift.ts";
export { mapRow, parsedContent, updateTimeMsOf } from "./map-row.ts";
export type { Mapping } from "./mapping.ts";
export { definePlatform, definePushSource, type Platform, type PushSource, type Subjects } from "./platform.ts";
export {
  createSourceRegistry,
  PLATFORMS,
  PUSH_SOURCES,
  platformNamed,
  SOURCES,
  type SourceRegistry,
  sourceNamed,
} from "./platforms.ts";
export { type SubjectFound, subjectOf } from "./subject-of.ts";
