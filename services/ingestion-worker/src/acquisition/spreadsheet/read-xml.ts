import { SaxesParser, type SaxesTagPlain } from "saxes";
import { SpreadsheetFault } from "./spreadsheet-fault.ts";

/** What is told of a document as it is read; names come without their namespace prefix. */
export interface XmlEvents {
  readonly open?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly text?: (text: string) => void;
  readonly close?: (name: string) => void;
}

const DEPTH_MAX = 64;
/** Between two tags; a cell's text has at most 32,767 characters. Whatever is longer would be collected by the parser. */
const PIECE_CHARACTERS_MAX = 1_048_576;

/**
 * Reads an XML document as its bytes come; the generator yields after each piece, so that whoever collects can give out.
 * No entity but the five of XML is known, and a document type is refused, so that nothing can be expanded or fetched.
 * Throws {@link SpreadsheetFault} `malformed`, `too_large` for a tag or a text without end, and whatever the events throw.
 */
export async function* readXml(
  chunks: AsyncIterable<Uint8Array>,
  events: XmlEvents,
): AsyncGenerator<void, void, undefined> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let depth = 0;
  let waiting = 0;
  parser.on("error", (error) => {
    throw new SpreadsheetFault("malformed", { cause: error });
  });
  parser.on("doctype", () => {
    throw new SpreadsheetFault("malformed");
  });
  parser.on("opentag", (tag: SaxesTagPlain) => {
    waiting = 0;
    depth += 1;
    if (depth > DEPTH_MAX) throw new SpreadsheetFault("malformed");
    events.open?.(localName(tag.name), tag.attributes);
  });
  parser.on("closetag", (tag: SaxesTagPlain) => {
    waiting = 0;
    depth -= 1;
    events.close?.(localName(tag.name));
  });
  if (events.text !== undefined) {
    const { text } = events;
    parser.on("text", (part) => text(part));
    parser.on("cdata", (part) => text(part));
  }
  for await (const chunk of chunks) {
    waiting += chunk.length;
    parser.write(decode(decoder, chunk));
    if (waiting > PIECE_CHARACTERS_MAX) throw new SpreadsheetFault("too_large");
    yield;
  }
  parser.write(decode(decoder));
  parser.close();
}

/** The same for a document that is read at once. */
export async function readWholeXml(chunks: AsyncIterable<Uint8Array>, events: XmlEvents): Promise<void> {
  const reading = readXml(chunks, events);
  while ((await reading.next()).done !== true);
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (error) {
    throw new SpreadsheetFault("malformed", { cause: error });
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
