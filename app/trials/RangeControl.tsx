/** The range of one setting in a search: numbers from, to, and along what; or which of the choices. */
import { NativeSelect } from "@mantine/core";
import type { Range } from "../../src/engine";
import { formatSetting } from "../common/format";
import { DraftInput } from "../fields/DraftInput";
import { readNumber, showNumber } from "../fields/text";
import { useDraftText } from "../fields/useDraftText";
import { t } from "../common/words";
import type { NamedSetting } from "./settingWords";
import classes from "./TrialsDialog.module.css";

interface RangeControlProps {
  readonly id: string;
  readonly setting: NamedSetting;
  readonly range: Range;
  readonly onChange: (range: Range) => void;
}

export function RangeControl({ id, setting, range, onChange }: RangeControlProps) {
  const { field, label } = setting;
  if (range.kind === "choice") {
    const all: readonly unknown[] = field.kind === "choice" ? field.options : [false, true];
    const titleOf = (option: unknown): string => {
      return (field.kind === "choice" && field.described?.[String(option)]?.title) || formatSetting(option);
    };
    return (
      <div className={classes.choices} role="group" aria-label={label}>
        {all.map((option) => (
          <label key={String(option)} className={classes.check}>
            <input
              type="checkbox"
              checked={range.options.includes(option)}
              onChange={({ currentTarget: { checked } }) =>
                onChange({
                  kind: "choice",
                  options: all.filter((own) => (own === option ? checked : range.options.includes(own))),
                })
              }
            />
            {titleOf(option)}
          </label>
        ))}
      </div>
    );
  }
  return (
    <div className={classes.range}>
      <End id={`${id}-low`} setting={setting} which="low" range={range} onChange={onChange} />
      <End id={`${id}-high`} setting={setting} which="high" range={range} onChange={onChange} />
      <NativeSelect
        aria-label={t("trials.scaleOf", { label })}
        data={[
          { value: "log", label: t("trials.log") },
          { value: "linear", label: t("trials.linear") },
        ]}
        value={range.kind}
        onChange={({ currentTarget }) => onChange({ ...range, kind: currentTarget.value === "log" ? "log" : "linear" })}
      />
    </div>
  );
}

interface EndProps extends RangeControlProps {
  readonly which: "low" | "high";
  readonly range: Exclude<Range, { readonly kind: "choice" }>;
}

function End({ id, setting: { field, label }, which, range, onChange }: EndProps) {
  const draft = useDraftText({
    value: range[which],
    show: showNumber,
    read: (text) => (field.kind === "number" ? readNumber(field, text) : { value: range[which] }),
    onChange: (value) => onChange({ ...range, [which]: Number(value) }),
  });
  return (
    <label htmlFor={id} className={classes.end}>
      {t(which === "low" ? "trials.from" : "trials.to")}
      <DraftInput
        id={id}
        w="100%"
        inputMode="decimal"
        aria-label={t(which === "low" ? "trials.fromOf" : "trials.toOf", { label })}
        draft={draft}
        onStep={() => {}}
      />
    </label>
  );
}
