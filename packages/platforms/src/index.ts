export { type Catalogue, readCatalogue } from "./catalogue.ts";
export type { MappedRow } from "./compile-mapping.ts";
export type { Connection } from "./connection.ts";
export type { FileArrival, FileConnection } from "./file-connection.ts";
export type { ApiKey, ClientCredentials, HmacSigned, TokenLogin } from "./http-json-auth.ts";
export type { HttpJsonConnection } from "./http-json-connection.ts";
export type { CursorPaging, LinkPaging, PageByUpdateTime, PagePaging } from "./http-json-paging.ts";
export type { Endpoint } from "./http-json-place.ts";
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
export type { SqlByUpdateTime, SqlConnection, SqlConnectionSettings, SqlMarkAsTaken } from "./sql-connection.ts";
export { type SubjectFound, subjectOf } from "./subject-of.ts";
