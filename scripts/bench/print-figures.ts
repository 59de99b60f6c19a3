import type { CpuSeconds } from "./cpu-spent.ts";
import type { Row } from "./figure-row.ts";
import type { Figures, Machine } from "./figures.ts";
import { growthRows } from "./growth/print-growth.ts";
import { auditRows } from "./ledger/print-audit.ts";
import { postingRows } from "./ledger/print-posting.ts";
import type { BatchFigure } from "./measure-batch.ts";
import type { CheckFigure } from "./measure-checks.ts";
import type { PushFigure } from "./measure-push.ts";
import type { RulesFigure } from "./measure-rules.ts";

const US_PER_SECOND = 1_000_000;

/** The table that a person reads: ours, the limit or peer of the same run, their ratio, and what it cost. */
export function printFigures(figures: Figures, print: (line: string) => void): void {
  const { rules, posting, audits, growth, pull, push, plain, stream, visible, upload, check, batch } = figures;
  const rows = [
    ...(rules === null ? [] : rulesRows(rules)),
    ...posting.flatMap(postingRows),
    ...audits.flatMap(auditRows),
    ...(growth === null ? [] : growthRows(growth)),
    ...(pull === null ? [] : pullRows(pull)),
    ...push.flatMap(pushRows),
    ...(plain === null ? [] : plainRows(plain, push)),
    ...(stream === null ? [] : streamRows(stream)),
    ...(visible === null ? [] : visibleRows(visible)),
    ...(upload === null ? [] : uploadRows(upload)),
    ...(check === null ? [] : checkRows(check)),
    ...(batch === null ? [] : batchRows(batch)),
  ];
  print(machineLine(figures.machine));
  print("");
  const head = { name: "figure", ours: "ours", peer: "limit or peer", ratio: "ratio", note: "beside it" };
  const width = (read: (row: Row) => string) => Math.max(...[head, ...rows].map((row) => read(row).length));
  const [name, ours, peer] = [width((row) => row.name), width((row) => row.ours), width((row) => row.peer)];
  for (const row of [head, ...rows]) {
    const cells = [row.name.padEnd(name), row.ours.padStart(ours), row.peer.padStart(peer), row.ratio.padStart(5)];
    print(`${cells.join("  ")}  ${row.note}`.trimEnd());
  }
}

function machineLine(machine: Machine): string {
  const { processor, cores, memoryGib, node, postgres, queue, loadBefore, loadAfter } = machine;
  const load = `load ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after`;
  const servers = postgres === null ? "no server" : `PostgreSQL ${postgres} · queue on ${queue}`;
  return `${processor}, ${cores} cores, ${memoryGib} GiB · Node ${node} · ${servers} · ${load}`;
}

function rulesRows(rules: RulesFigure): Row[] {
  const peers = Object.entries(rules.peersPerSecond).sort(([, left], [, right]) => right - left);
  const [best] = peers;
  const others = peers.slice(1).map(([name, figure]) => `${name} ${perSecond(figure, "")}`);
  return [
    {
      name: "evaluation, 20 records, explained",
      ours: perSecond(rules.evaluationsPerSecond, "evaluations"),
      peer: `${perSecond(best?.[1] ?? Number.NaN, "")} ${best?.[0] ?? ""}`,
      ratio: rules.ratioToBest.toFixed(1),
      note: `whole verdict ${perSecond(rules.verdictsPerSecond, "")}; ${others.join(", ")}`,
    },
  ];
}

function pullRows(pull: NonNullable<Figures["pull"]>): Row[] {
  const { best } = pull.raw;
  const [ours, limit] = [pull.rows / pull.seconds, best.rows / best.seconds];
  const memory = Object.entries(pull.peakResidentMib).map(([name, mib]) => `${name} ${mib.toFixed(0)} MiB`);
  const rawCpu = { postgres: best.postgresCpuSeconds, writer: best.writerCpuSeconds };
  return [
    {
      name: `pull to posted, ${pull.rows} rows`,
      ours: perSecond(ours, "records"),
      peer: `${perSecond(limit, "records")} raw`,
      ratio: (ours / limit).toFixed(2),
      note: `CPU µs/record: ${cpuUs(pull.cpuSeconds, pull.rows)}`,
    },
    note(`raw on ${best.connections} connections; CPU µs/record: ${cpuUs(rawCpu, best.rows)}`),
    note(`peak resident: ${memory.join(", ")}`),
  ];
}

function pushRows(push: PushFigure): Row[] {
  const { recordsPerRequest } = push.shape;
  const total: Record<string, number> = {};
  for (const { cpuSeconds } of push.rounds) {
    for (const [name, seconds] of Object.entries(cpuSeconds)) total[name] = (total[name] ?? 0) + seconds;
  }
  const records = push.rounds.reduce((sum, round) => sum + round.records, 0);
  const acknowledged = `${ms(push.acknowledgedMsP50)}/${ms(push.acknowledgedMsP99)}`;
  const posted = `${ms(push.postedMsP50)}/${ms(push.postedMsP99)}`;
  return [
    {
      name: `push to posted, ${recordsPerRequest} a request`,
      ours: perSecond(push.perSecond, "records"),
      peer: `${perSecond(push.rawPerSecond, "records")} raw`,
      ratio: push.ratio.toFixed(2),
      note: `acknowledged p50/p99 ${acknowledged}, posted ${posted}`,
    },
    note(`CPU µs/record: ${cpuUs(total, records)}`),
  ];
}

function plainRows(plain: NonNullable<Figures["plain"]>, push: readonly PushFigure[]): Row[] {
  const best = Math.max(...push.map((figure) => figure.perSecond));
  const peer = plain.records / plain.seconds;
  return [
    {
      name: "push to posted, best of these",
      ours: perSecond(best, "records"),
      peer: `${perSecond(peer, "")} a job for each record`,
      ratio: (best / peer).toFixed(1),
      note: `CPU µs/record of its worker: ${cpuUs({ worker: plain.cpuSeconds }, plain.records)}`,
    },
  ];
}

function streamRows(stream: NonNullable<Figures["stream"]>): Row[] {
  const { records, raw } = stream;
  const ours = records / stream.postedSeconds;
  const limit = raw.rows / raw.seconds;
  const memory = Object.entries(stream.peakResidentMib).map(([name, mib]) => `${name} ${mib.toFixed(0)} MiB`);
  return [
    {
      name: `push to posted, NDJSON of ${records}`,
      ours: perSecond(ours, "records"),
      peer: `${perSecond(limit, "records")} raw`,
      ratio: (ours / limit).toFixed(2),
      note: `last receipt after ${stream.acknowledgedSeconds.toFixed(1)} s, last posting after ${stream.postedSeconds.toFixed(1)} s`,
    },
    note(`CPU µs/record: ${cpuUs({ ...stream.cpuSeconds, sender: stream.senderCpuSeconds }, records)}`),
    note(`peak resident: ${memory.join(", ")}`),
  ];
}

function visibleRows(visible: NonNullable<Figures["visible"]>): Row[] {
  const { requestsPerSecond, recordsPerRequest } = visible;
  return [
    {
      name: `push to visible, ${requestsPerSecond}/s of ${recordsPerRequest}`,
      ours: `${ms(visible.visibleMsP50)} p50`,
      peer: `${ms(visible.visibleMsP99)} p99`,
      ratio: "",
      note: `open loop; acknowledged p50/p99 ${ms(visible.acknowledgedMsP50)}/${ms(visible.acknowledgedMsP99)}; at most ${ms(visible.visibleMsMax)}`,
    },
  ];
}

function uploadRows(upload: NonNullable<Figures["upload"]>): Row[] {
  const { rows, bytes, checkedSeconds, postedSeconds, raw } = upload;
  const ours = rows / (checkedSeconds + postedSeconds);
  const limit = raw.rows / raw.seconds;
  const memory = Object.entries(upload.peakResidentMib).map(([name, mib]) => `${name} ${mib.toFixed(0)} MiB`);
  return [
    {
      name: `upload to posted, xlsx of ${rows}`,
      ours: perSecond(ours, "records"),
      peer: `${perSecond(limit, "records")} raw`,
      ratio: (ours / limit).toFixed(2),
      note: `${(bytes / 1_048_576).toFixed(1)} MiB; checked in ${checkedSeconds.toFixed(1)} s, stored and posted in ${postedSeconds.toFixed(1)} s`,
    },
    note(`CPU µs/record: ${cpuUs(upload.cpuSeconds, rows)}`),
    note(`peak resident: ${memory.join(", ")}`),
  ];
}

function checkRows(check: CheckFigure): Row[] {
  const ours = check.closedLoop.check;
  const latency = (one: { p50Ms: number; p99Ms: number }) => `p50/p99 ${ms(one.p50Ms)}/${ms(one.p99Ms)}`;
  const row = (subject: "range-read" | "one-row", ratio: number, title: string): Row => {
    const peer = check.closedLoop[subject];
    return {
      name: `check, ${check.connections} connections`,
      ours: perSecond(ours.perSecond, "checks"),
      peer: `${perSecond(peer.perSecond, "")} ${title}`,
      ratio: ratio.toFixed(2),
      note: `${latency(ours)}, peer ${latency(peer)}; CPU µs: ${costs(ours)}; peer ${costs(peer)}`,
    };
  };
  const { arrivalsPerSecond, check: open, rangeRead } = check.openLoop;
  return [
    row("range-read", check.ratioToRangeRead, "bare range read"),
    row("one-row", check.ratioToOneRow, "bare one-row select"),
    note(`open loop at ${arrivalsPerSecond}/s: ${latency(open)}, bare range read ${latency(rangeRead)}`),
  ];
}

function costs(subject: CheckFigure["closedLoop"]["check"]): string {
  const { serverCpuUs, postgresCpuUs, generatorCpuUs } = subject;
  return `server ${serverCpuUs.toFixed(0)}, postgres ${postgresCpuUs.toFixed(0)}, load ${generatorCpuUs.toFixed(0)}`;
}

function batchRows(batch: BatchFigure): Row[] {
  const total = batch.rounds.reduce((sum, { cpuSeconds }) => sum + (cpuSeconds["query-api"] ?? Number.NaN), 0);
  const checks = batch.rounds.reduce((sum, round) => sum + round.checks, 0);
  return [
    {
      name: "batch checks, NDJSON of 10000",
      ours: perSecond(batch.perSecond, "checks"),
      peer: `${perSecond(batch.peerPerSecond, "")} bare range reads`,
      ratio: batch.ratio.toFixed(2),
      note: `CPU µs/check: query-api ${((total / checks) * US_PER_SECOND).toFixed(0)}`,
    },
  ];
}

function note(text: string): Row {
  return { name: "", ours: "", peer: "", ratio: "", note: text };
}

function perSecond(value: number, unit: string): string {
  return unit === "" ? `${Math.round(value)}/s` : `${Math.round(value)} ${unit}/s`;
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

function cpuUs(cpuSeconds: CpuSeconds, records: number): string {
  const parts = Object.entries(cpuSeconds).map(
    ([name, seconds]) => `${name} ${((seconds / records) * US_PER_SECOND).toFixed(0)}`,
  );
  const sum = Object.values(cpuSeconds).reduce((total, seconds) => total + seconds, 0);
  return `${parts.join(", ")}; together ${((sum / records) * US_PER_SECOND).toFixed(0)}`;
}
