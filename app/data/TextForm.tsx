/** A text as it was read: its beginning, whether it is cut into pieces or into lines, and what comes of that. */
import { NativeSelect, TextInput } from "@mantine/core";
import type { OpenedText, TextSettings } from "../../src/engine";
import { t } from "../common/words";
import { TestShare } from "./TestShare";
import { ComesTo } from "./ComesTo";
import classes from "./BringDialog.module.css";

const SHARES = [0.05, 0.1, 0.2, 0.3] as const;
const LENGTHS = [32, 64, 128, 256] as const;

interface TextFormProps {
  readonly opened: OpenedText;
  readonly onChange: (settings: TextSettings) => void;
}

export function TextForm({ opened: { preview, hasFiles, settings, report }, onChange }: TextFormProps) {
  const set = (patch: Partial<TextSettings>): void => onChange({ ...settings, ...patch });
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
          label={t("bring.sample")}
          value={String(settings.length)}
          onChange={({ currentTarget }) => set({ length: Number(currentTarget.value) })}
          data={[
            { value: "0", label: t("bring.line") },
            ...LENGTHS.map((length) => ({ value: String(length), label: t("bring.piece", { length }) })),
          ]}
        />
        <TestShare settings={settings} byFile={hasFiles ? t("bring.byFile") : null} shares={SHARES} onChange={set} />
      </div>
      <ComesTo report={report}>
        {t("bring.textComes", {
          train: report.trainCount,
          test: report.testCount,
          characters: report.characterCount,
        })}
      </ComesTo>
      <pre className={classes.text} role="region" aria-label={t("bring.beginning")} tabIndex={0}>
        {preview.join("\n")}
      </pre>
    </>
  );
}
