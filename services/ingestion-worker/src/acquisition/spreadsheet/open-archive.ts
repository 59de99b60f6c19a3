import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { type Entry, fromBufferPromise, type ZipFile } from "yauzl";
import { SpreadsheetFault } from "./spreadsheet-fault.ts";

export interface ArchiveLimits {
  readonly entriesMax: number;
  /** Of all entries together, unpacked. */
  readonly bytesMax: number;
}

/** A large entry may unpack to so many times its size; sheets of the most repetitive rows come to less than a tenth. */
const RATIO_MAX = 250;
const RATIO_FROM_BYTES = 8_388_608;

export interface Archive {
  readonly names: readonly string[];
  /**
   * The unpacked bytes of an entry as they come, never more than its header says; null: there is no such entry.
   * @param bytesMax of this entry, where it has to be smaller than the limit of the archive
   */
  open(name: string, bytesMax?: number): Promise<AsyncIterable<Uint8Array> | null>;
}

/**
 * Opens a zip that lies in memory. Sizes are checked before anything is unpacked, and held to while it is.
 * Rejects with {@link SpreadsheetFault}.
 */
export async function openArchive(bytes: Buffer, limits: ArchiveLimits): Promise<Archive> {
  const zip = await opened(bytes);
  const entries = new Map<string, Entry>();
  let total = 0;
  if (zip.entryCount > limits.entriesMax) throw new SpreadsheetFault("too_large");
  try {
    for await (const entry of zip.eachEntry()) {
      total += entry.uncompressedSize;
      const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize);
      const isBomb = entry.uncompressedSize > RATIO_FROM_BYTES && ratio > RATIO_MAX;
      if (total > limits.bytesMax || isBomb) throw new SpreadsheetFault("too_large");
      entries.set(nameOf(entry), entry);
    }
  } catch (error) {
    throw error instanceof SpreadsheetFault ? error : new SpreadsheetFault("malformed", { cause: error });
  }
  return {
    names: [...entries.keys()],
    async open(name, bytesMax = limits.bytesMax) {
      const entry = entries.get(name);
      if (entry === undefined) return null;
      if (entry.uncompressedSize > bytesMax) throw new SpreadsheetFault("too_large");
      if (entry.isEncrypted()) throw new SpreadsheetFault("encrypted");
      return guarded(zip, entry);
    },
  };
}

/** An encrypted workbook is an OLE container with a stream of this name; a workbook of before 2007 is one without. */
const OLE = Buffer.from("d0cf11e0a1b11ae1", "hex");
const ENCRYPTED_STREAM = Buffer.from("EncryptedPackage", "utf16le");

async function opened(bytes: Buffer): Promise<ZipFile> {
  if (bytes.subarray(0, OLE.length).equals(OLE)) {
    throw new SpreadsheetFault(bytes.includes(ENCRYPTED_STREAM) ? "encrypted" : "malformed");
  }
  try {
    return await fromBufferPromise(bytes, { lazyEntries: true, decodeStrings: false, autoClose: false });
  } catch (error) {
    throw new SpreadsheetFault("malformed", { cause: error });
  }
}

async function* guarded(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const stream: Readable = await zip.openReadStreamPromise(entry);
    // What was packed with an error unpacks without one: only the checksum tells.
    let checksum = 0;
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
    if (checksum !== entry.crc32) throw new SpreadsheetFault("malformed");
  } catch (error) {
    throw new SpreadsheetFault("malformed", { cause: error });
  }
}

/** The flag of an entry that says that its name is UTF-8. APPNOTE.TXT, 4.4.4. */
const NAME_IS_UTF8 = 0x800;
/** Characters of two bytes: pairs of GBK can read as these, 学时 as ѧʱ, and Chinese in UTF-8 has none of them. */
const TWO_BYTES = /[\u0080-\u07ff]/;

/** UTF-8 where it says so, or can only be that; else GB18030, as Chinese programs write names. */
function nameOf({ fileNameRaw, generalPurposeBitFlag: flags }: Entry): string {
  try {
    const name = new TextDecoder("utf-8", { fatal: true }).decode(fileNameRaw);
    if ((flags & NAME_IS_UTF8) !== 0 || !TWO_BYTES.test(name)) return name;
  } catch {
    // It says what it is not.
  }
  return new TextDecoder("gb18030").decode(fileNameRaw);
}
