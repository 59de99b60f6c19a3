import { generateFeeds, writeFeeds } from "../../tests/oracle/generate-feeds.ts";

/** Rows of the dirtier classes, as a part of what the tests use: a platform's ordinary day. */
const DIRT = 0.1;
const RECORDS_PER_PERSON = 20;

// Run as a child process, so that the memory of a whole feed is given back before anything is measured.
const [folder, rows] = process.argv.slice(2);
if (folder === undefined || rows === undefined) throw new Error("write-feed FOLDER ROWS");
const people = Math.ceil(Number(rows) / RECORDS_PER_PERSON);
const { feeds, declarations } = generateFeeds({ seed: 1, people, recordsPerPerson: RECORDS_PER_PERSON, dirt: DIRT });
writeFeeds(folder, feeds, declarations);
