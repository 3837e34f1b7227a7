/** Texts of classes as they were read: what a token is, how many of them, which classes, and what comes of that. */
import { NativeSelect, TextInput } from "@mantine/core";
import type { OpenedSorted, SortedSettings } from "../../src/engine";
import { formats, t } from "../common/words";
import { Check } from "./Check";
import { ComesTo } from "./ComesTo";
import { TestShare } from "./TestShare";
import classes from "./BringDialog.module.css";

const LENGTHS = [20, 50, 100, 200, 400];
const VOCABULARIES = [1000, 5000, 20_000];

interface SortedFormProps {
  readonly opened: OpenedSorted;
  readonly onChange: (settings: SortedSettings) => void;
}

const counted = (numbers: readonly number[]) =>
  numbers.map((number) => ({ value: String(number), label: formats().count(number) }));

export function SortedForm({ opened, onChange }: SortedFormProps) {
  const { areTokens, sortings, hasFiles, preview, settings, report } = opened;
  const { off } = settings;
  const set = (patch: Partial<SortedSettings>): void => onChange({ ...settings, ...patch });
  const counts = new Map(report.classes.map(({ name, count }) => [name, count]));
  return (
    <>
      <div className={classes.fields}>
        <TextInput
          label={t("bring.name")}
          value={settings.title}
          maxLength={80}
          onChange={({ currentTarget }) => set({ title: currentTarget.value })}
        />
        {sortings.length > 1 && (
          <NativeSelect
            label={t("bring.sortedBy")}
            value={String(settings.target)}
            onChange={({ currentTarget }) => set({ target: Number(currentTarget.value), off: [] })}
            data={sortings.map(({ name }, i) => ({ value: String(i), label: name }))}
          />
        )}
        {!areTokens && (
          <>
            <NativeSelect
              label={t("bring.unit")}
              value={settings.unit}
              onChange={({ currentTarget }) => set({ unit: currentTarget.value === "words" ? "words" : "characters" })}
              data={[
                { value: "words", label: t("bring.word") },
                { value: "characters", label: t("bring.character") },
              ]}
            />
            <NativeSelect
              label={t("bring.textLength")}
              value={String(settings.length)}
              onChange={({ currentTarget }) => set({ length: Number(currentTarget.value) })}
              data={counted(LENGTHS)}
            />
            <NativeSelect
              label={t("bring.vocabulary")}
              value={String(settings.vocabulary)}
              onChange={({ currentTarget }) => set({ vocabulary: Number(currentTarget.value) })}
              data={counted(VOCABULARIES)}
            />
          </>
        )}
        <TestShare
          settings={settings}
          byFile={hasFiles ? t(areTokens ? "bring.byNames" : "bring.byFile") : null}
          onChange={set}
        />
      </div>
      <ComesTo report={report}>
        {t("bring.sortedCome", {
          train: report.trainCount,
          test: report.testCount,
          classes: report.classes.length,
          tokens: report.tokenCount,
          length: report.length,
        })}
      </ComesTo>
      <div className={classes.switches} role="group" aria-label={t("bring.classes")}>
        {(sortings[settings.target]?.classes ?? []).map((name) => (
          <Check
            key={name}
            label={t("bring.texts", { name, texts: counts.get(name) ?? 0 })}
            called={t("bring.takeTexts", { name })}
            isOn={!off.includes(name)}
            onChange={(isOn) => set({ off: isOn ? off.filter((other) => other !== name) : [...off, name] })}
          />
        ))}
      </div>
      <div className={classes.scroll} role="region" aria-label={t("bring.someTexts")} tabIndex={0}>
        <table className={classes.table}>
          <caption className={classes.caption}>{t("bring.someTexts")}</caption>
          <tbody>
            {preview.map(({ text, of }, row) => (
              // oxlint-disable-next-line react/no-array-index-key -- texts have no names, and never move
              <tr key={row}>
                <th scope="row">{of}</th>
                <td className={classes.sample}>{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
