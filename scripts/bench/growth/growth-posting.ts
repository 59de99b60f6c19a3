import type { Sql } from "@xueshi/database";
import { createUuidV7, systemClock } from "@xueshi/runtime";
import { makeVersion } from "../ledger/bench-people.ts";
import { runPoster, startLedger } from "../ledger/poster.ts";
import type { BenchPostgres } from "../ledger/start-postgres.ts";
import { type StoredBatch, storeBatch } from "../ledger/store-batches.ts";
import type { PeopleInTurn } from "./growth-requests.ts";
import type { GrowthRun } from "./growth-run.ts";

const BATCHES_PER_RUN = 2;
const PEOPLE_PER_BATCH = 250;
const RECORDS_PER_PERSON = 4;
const US_PER_SECOND = 1_000_000;

/** Posts new records of people who have entries, with the ledger service's own code. */
export class GrowthPosting {
  readonly #sql: Sql;
  readonly #server: BenchPostgres;
  readonly #people: PeopleInTurn;
  /** Number of a person's next record: later than any of an earlier run. */
  #nextRecord = systemClock();

  constructor(sql: Sql, server: BenchPostgres, people: PeopleInTurn) {
    this.#sql = sql;
    this.#server = server;
    this.#people = people;
  }

  /** Stores some batches, which is not measured, and posts and numbers them. */
  async run(postgresPid: number): Promise<GrowthRun> {
    const batches: StoredBatch[] = [];
    for (let batch = 0; batch < BATCHES_PER_RUN; batch += 1) batches.push(await this.#store());
    const posted = await runPoster(startLedger(this.#sql), batches, { postgresPid, perSecond: null });
    const us = (seconds: number) => (seconds / posted.records) * US_PER_SECOND;
    return {
      ...{ perSecond: posted.records / posted.seconds, p50Ms: posted.p50Ms, p99Ms: posted.p99Ms },
      ...{ serviceCpuUs: us(posted.posterCpuSeconds), postgresCpuUs: us(posted.postgresCpuSeconds) },
    };
  }

  #store(): Promise<StoredBatch> {
    const { vault } = this.#server;
    const people = this.#people.take(PEOPLE_PER_BATCH);
    const first = this.#nextRecord;
    this.#nextRecord += RECORDS_PER_PERSON;
    const versions = people.flatMap((person) =>
      Array.from({ length: RECORDS_PER_PERSON }, (_, nth) => makeVersion(person, first + nth)),
    );
    const context = { sql: this.#sql, vault, newId: createUuidV7(systemClock), receivedAtMs: systemClock() };
    return storeBatch(context, people, versions);
  }
}
