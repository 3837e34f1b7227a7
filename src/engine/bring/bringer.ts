/** The worker that prepares what visitors bring. Nothing that it reads leaves the device. */
import * as Comlink from "comlink";
import { openOwnDatasets } from "../data/openOwn";
import { DescentError, saidBy } from "../errors";
import { say } from "../words/said";
import { readTable, type Table } from "./csv";
import type { Answer, BringControls } from "./protocol";
import { guessSettings, judgeTable, makeTable } from "./table";

let table: Table | null = null;

/** What comes of work, or what is told of its failure. */
async function answer<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: await work() };
  } catch (error) {
    return { said: error instanceof DescentError ? saidBy(error) : say("data.notKept", { reason: String(error) }) };
  }
}

const controls: BringControls = {
  openTable: (file, hear) =>
    answer(async () => {
      table = await readTable(file, hear);
      const settings = guessSettings(table, file.name.replace(/\.\w+$/, ""));
      const { columns, rowCount, preview, refusedCount, refused } = table;
      return {
        columns: columns.map(({ name, missing, isWide }) => ({ name, missing, isWide })),
        rowCount,
        preview,
        refusedCount,
        refused,
        settings,
        report: judgeTable(table, settings),
      };
    }),
  judge: async (settings) => table && judgeTable(table, settings),
  make: (settings, hear) =>
    answer(async () => {
      if (!table) throw new Error("Bring: expected an open table, got none.");
      const { about, read } = makeTable(table, settings);
      const store = await openOwnDatasets();
      await store.put(about, read, hear);
      return about;
    }),
};

Comlink.expose(controls);
