/** A table as it was read: its first rows, how each column is to be read, what is to be predicted, and what comes of that. */
import { NativeSelect, TextInput } from "@mantine/core";
import type { AddedTo, BroughtFile, ColumnUse, OpenedTable, TableSettings } from "../../src/engine";
import { t, tell } from "../common/words";
import { FileButton } from "./FileButton";
import { TestShare } from "./TestShare";
import { ComesTo } from "./ComesTo";
import classes from "./BringDialog.module.css";

const USES: readonly ColumnUse[] = ["number", "category", "embedded", "off"];

interface TableFormProps {
  readonly opened: OpenedTable;
  readonly onChange: (settings: TableSettings) => void;
  readonly onAdd: (files: readonly BroughtFile[], to: AddedTo) => void;
}

export function TableForm({ opened, onChange, onAdd }: TableFormProps) {
  const { columns, rowCount, preview, refusedCount, refused, hasFiles, takesTest, settings, report } = opened;
  const set = (patch: Partial<TableSettings>): void => onChange({ ...settings, ...patch });
  const setUse = (at: number, use: ColumnUse): void => set({ uses: settings.uses.with(at, use) });
  const isUse = (value: string): value is ColumnUse => USES.some((use) => use === value);
  return (
    <>
      <div className={classes.fields}>
        <TextInput
          label={t("bring.name")}
          value={settings.title}
          maxLength={80}
          onChange={({ currentTarget }) => set({ title: currentTarget.value })}
        />
        <NativeSelect
          label={t("bring.target")}
          value={String(settings.target)}
          onChange={({ currentTarget }) => {
            const target = Number(currentTarget.value);
            const use = settings.uses[target];
            set({ target, uses: use === "off" ? settings.uses.with(target, "category") : settings.uses });
          }}
        >
          {columns.map(({ name }, i) => (
            <option key={name} value={i}>
              {name}
            </option>
          ))}
        </NativeSelect>
        <NativeSelect
          label={t("bring.predictAs")}
          value={settings.uses[settings.target] === "number" ? "number" : "category"}
          onChange={({ currentTarget: { value } }) => isUse(value) && setUse(settings.target, value)}
        >
          <option value="category">{t("bring.asClass")}</option>
          <option value="number">{t("bring.asNumber")}</option>
        </NativeSelect>
        <TestShare settings={settings} byFile={hasFiles ? t("bring.otherFile") : null} onChange={set} />
      </div>
      <ComesTo
        report={report}
        more={
          refusedCount > 0
            ? t("bring.refused", { rows: refusedCount, examples: refused.map((one) => tell(one)) })
            : null
        }
      >
        {t("bring.comesTo", { train: report.trainCount, test: report.testCount, features: report.featureCount })}
        {report.classes.length > 0 && t("bring.classCount", { classes: report.classes.length })}
      </ComesTo>
      {takesTest && (
        <div>
          <FileButton label={t("bring.addTest")} onFiles={(files) => onAdd(files, { split: "test" })} />
        </div>
      )}
      <div className={classes.scroll} role="region" aria-label={t("bring.preview", { rows: rowCount })} tabIndex={0}>
        <table className={classes.table}>
          <caption className={classes.caption}>{t("bring.preview", { rows: rowCount })}</caption>
          <thead>
            <tr>
              {columns.map(({ name, missing }, i) => (
                <th key={name} scope="col" data-target={i === settings.target || undefined}>
                  <span className={classes.columnName}>{name}</span>
                  {i === settings.target ? (
                    <span className={classes.isTarget}>{t("bring.isTarget")}</span>
                  ) : (
                    <NativeSelect
                      aria-label={t("bring.useOf", { column: name })}
                      value={settings.uses[i] ?? "off"}
                      onChange={({ currentTarget: { value } }) => isUse(value) && setUse(i, value)}
                      data={USES.map((use) => ({ value: use, label: t(`bring.${use}`) }))}
                    />
                  )}
                  {missing > 0 && <span className={classes.missing}>{t("bring.missing", { cells: missing })}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.map((cells, row) => (
              // oxlint-disable-next-line react/no-array-index-key -- rows have no names, and never move
              <tr key={row}>
                {cells.map((cell, i) => (
                  <td
                    key={columns[i]?.name ?? i}
                    data-target={i === settings.target || undefined}
                    data-off={(settings.uses[i] === "off" && i !== settings.target) || undefined}
                  >
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
