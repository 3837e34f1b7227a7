/** Tables as a {@link Source}. */
import type { Table } from "./csv";
import type { OpenedTable } from "./protocol";
import { settingsOf, type Source } from "./source";
import { guessSettings, judgeTable, makeTable } from "./table";

/** @param title what it is called until the visitor says otherwise */
export function tableSource(table: Table, title: string): Source {
  const { columns, rowCount, preview, refusedCount, refused } = table;
  const settings = guessSettings(table, title);
  const opened: OpenedTable = {
    kind: "table",
    columns: columns.map(({ name, missing, isWide }) => ({ name, missing, isWide })),
    rowCount,
    preview,
    refusedCount,
    refused,
    settings,
    report: judgeTable(table, settings),
  };
  return {
    opened,
    async change(changed) {
      const own = settingsOf("table", changed);
      return { ...opened, settings: own, report: judgeTable(table, own) };
    },
    make: async (chosen) => makeTable(table, settingsOf("table", chosen)),
  };
}
