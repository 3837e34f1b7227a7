/** Tables as a {@link Source}. */
import { say } from "../words/said";
import { readTable, type Table } from "./csv";
import type { OpenedTable } from "./protocol";
import { BringError } from "./refusal";
import { settingsOf, type Source } from "./source";
import { guessSettings, judgeTable, makeTable, type TableSettings } from "./table";

function openedOf({ columns, rowCount, preview, refusedCount, refused, testFrom }: Table) {
  const shown = columns.map(({ name, missing, isWide }) => ({ name, missing, isWide }));
  return {
    kind: "table",
    columns: shown,
    rowCount,
    preview,
    refusedCount,
    refused,
    hasFiles: testFrom < rowCount,
  } as const;
}

/** @param title what it is called until the visitor says otherwise
 *  @param file whence it was read, for another whose rows are for the test; undefined where none can be added */
export function tableSource(first: Table, title: string, file?: Blob): Source {
  let table = first;
  const withSettings = (settings: TableSettings): OpenedTable => ({
    ...openedOf(table),
    takesTest: file !== undefined,
    settings,
    report: judgeTable(table, settings),
  });
  return {
    opened: withSettings(guessSettings(table, title)),
    change: async (changed) => withSettings(settingsOf("table", changed)),
    ...(file && {
      async add([other, ...more], _, chosen, hear) {
        if (!other || more.length > 0) throw new BringError(say("brought.oneTestFile"));
        table = await readTable(file, hear, other.file);
        return withSettings({ ...settingsOf("table", chosen), byFile: true });
      },
    }),
    make: async (chosen) => makeTable(table, settingsOf("table", chosen)),
  };
}
