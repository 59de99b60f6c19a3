import type { Row } from "../figure-row.ts";
import { median } from "../statistics.ts";
import { type PostingFigure, RAW, RAW_COPIED } from "./measure-posting.ts";

const US_PER_SECOND = 1_000_000;

/** A line for raw writing and for each event store, and what a record and a transaction cost each of them. */
export function postingRows(figure: PostingFigure): Row[] {
  const { shape, perSecond, ratioTo, rawConnections, rounds, openLoop } = figure;
  const title = shape.name === "batch" ? `posting, ${shape.recordsPerBatch} a batch` : "posting, one by one";
  const notes: Readonly<Record<string, string>> = {
    [RAW]: `by unnest, on ${rawConnections} connections`,
    [RAW_COPIED]: `as text, on ${rawConnections} connections; what the limit is stated by is unnest`,
  };
  const rows = Object.entries(ratioTo).map(([peer, ratio]) => ({
    name: title,
    ours: `${Math.round(perSecond.xueshi ?? Number.NaN)} records/s`,
    peer: `${Math.round(perSecond[peer] ?? Number.NaN)}/s ${peer}`,
    ratio: ratio.toFixed(2),
    note: notes[peer] ?? "",
  }));
  const of = (name: string) => rounds.flatMap(({ runs }) => runs.filter((run) => run.name === name));
  const costs = openLoop.map((open) => {
    const runs = of(open.name);
    const middle = (read: (run: (typeof runs)[number]) => number) => median(runs.map(read));
    const us = (seconds: number) => (seconds * US_PER_SECOND).toFixed(0);
    const cpu = `CPU µs/record: poster ${us(middle((run) => run.posterCpuSeconds / run.records))}, postgres ${us(middle((run) => run.postgresCpuSeconds / run.records))}`;
    const closed = `p50/p99 ${ms(middle((run) => run.p50Ms))}/${ms(middle((run) => run.p99Ms))}`;
    const opened = `at ${open.batchesPerSecond.toFixed(1)}/s ${ms(open.p50Ms)}/${ms(open.p99Ms)}`;
    return note(`${open.name}: ${closed}, open loop ${opened}; ${cpu}`);
  });
  const raw = rounds.map((round) => round.raw);
  const rawLatency = `${ms(median(raw.map((one) => one.p50Ms)))}/${ms(median(raw.map((one) => one.p99Ms)))}`;
  return [...rows, ...costs, note(`raw: p50/p99 ${rawLatency}`)];
}

const note = (text: string): Row => ({ name: "", ours: "", peer: "", ratio: "", note: text });
const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
