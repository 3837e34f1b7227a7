/** Which of what was brought is for the test: a share of it, by chance that a seed decides, or what its files say. */
import { NativeSelect, NumberInput } from "@mantine/core";
import "@mantine/core/styles/NumberInput.css";
import { formats, t } from "../common/words";

const MOST_SEED = 999_999;
const USUAL = [0.1, 0.2, 0.3, 0.5];

interface TestShareProps {
  readonly settings: { readonly byFile: boolean; readonly testShare: number; readonly seed: number };
  /** What leaving it to the files is called; null where they say nothing. */
  readonly byFile: string | null;
  /** Shares to choose from. */
  readonly shares?: readonly number[];
  readonly onChange: (changed: {
    readonly byFile?: boolean;
    readonly testShare?: number;
    readonly seed?: number;
  }) => void;
}

export function TestShare({ settings, byFile, shares = USUAL, onChange }: TestShareProps) {
  return (
    <>
      <NativeSelect
        label={t("bring.testShare")}
        value={settings.byFile ? "files" : String(settings.testShare)}
        onChange={({ currentTarget: { value } }) =>
          onChange(value === "files" ? { byFile: true } : { byFile: false, testShare: Number(value) })
        }
      >
        {byFile !== null && <option value="files">{byFile}</option>}
        {shares.map((share) => (
          <option key={share} value={share}>
            {t("bring.percent", { percent: formats().count(Math.round(share * 100)) })}
          </option>
        ))}
      </NativeSelect>
      {!settings.byFile && (
        <NumberInput
          size="xs"
          label={t("bring.splitSeed")}
          value={settings.seed}
          min={0}
          max={MOST_SEED}
          allowDecimal={false}
          allowNegative={false}
          clampBehavior="strict"
          onChange={(value) => typeof value === "number" && onChange({ seed: value })}
        />
      )}
    </>
  );
}
