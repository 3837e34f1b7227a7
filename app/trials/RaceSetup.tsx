/** What a race is of: its variants, how long, how often, and by what it is judged. */
import { ActionIcon, Button, NativeSelect, Tooltip } from "@mantine/core";
import { IconFlag2, IconPlus, IconX } from "@tabler/icons-react";
import { useEffect, useId, useMemo } from "react";
import { analyzeModel, type ModelDescription, type Problem } from "../../src/engine";
import { formatRoughDuration } from "../common/format";
import { useIsPhone } from "../common/useIsNarrow";
import { t, tell } from "../common/words";
import { FieldControl } from "../fields/FieldControl";
import { curvesOfModel, dataOf, useDescription } from "../store/model";
import { isRunOpen, takeState, useRun } from "../store/run";
import {
  addVariant,
  letterOf,
  modelOfVariant,
  MAX_VARIANTS,
  nameOfVariant,
  removeVariant,
  setUp,
  setValue,
  startRace,
  useRace,
  type Variant,
} from "./race";
import { groupsOf, namedSettings } from "./settingWords";
import classes from "./TrialsDialog.module.css";

const SECONDS = [5, 10, 20, 30, 60, 120, 300, 600];
const SEEDS = [1, 2, 3, 5, 8];

/** What keeps a model from being trained. */
const errorOf = (model: ModelDescription): Problem | undefined =>
  analyzeModel(model, dataOf(model)).problems.find(({ severity }) => severity === "error");

export function RaceSetup() {
  const description = useDescription();
  useEffect(() => setUp(description), [description]);
  const { base, variants } = useRace();
  const models = useMemo(
    () => (base ? variants.map((variant) => modelOfVariant(base, variant)) : []),
    [base, variants],
  );
  if (!base) return null;
  const problems = models.map(errorOf);
  const texts = models.map((model) => JSON.stringify(model));
  return (
    <>
      <div className={classes.body}>
        <p className={classes.about}>{t("trials.raceAbout")}</p>
        <ul className={classes.variants}>
          {variants.map((variant, i) => (
            <VariantCard
              key={variant.id}
              base={base}
              variant={variant}
              letter={letterOf(i)}
              problem={problems[i]}
              same={texts.indexOf(texts[i] ?? "")}
              index={i}
              canRemove={variants.length > 2}
            />
          ))}
          {variants.length < MAX_VARIANTS && (
            <li className={classes.add}>
              <Button variant="default" leftSection={<IconPlus size={16} />} onClick={addVariant}>
                {t("trials.addVariant")}
              </Button>
            </li>
          )}
        </ul>
      </div>
      <Foot base={base} isBlocked={problems.some((problem) => problem !== undefined)} />
    </>
  );
}

interface VariantCardProps {
  readonly base: ModelDescription;
  readonly variant: Variant;
  readonly letter: string;
  readonly problem: Problem | undefined;
  /** The first variant with the same model. */
  readonly same: number;
  readonly index: number;
  readonly canRemove: boolean;
}

function VariantCard({ base, variant, letter, problem, same, index, canRemove }: VariantCardProps) {
  const prefix = useId();
  // There labels stand above their controls, which would leave them no room.
  const isPhone = useIsPhone();
  const model = modelOfVariant(base, variant);
  const settings = useMemo(() => namedSettings(model), [model]);
  const changed = settings.filter(({ key }) => Object.hasOwn(variant.values, key));
  const offered = groupsOf(settings.filter(({ key }) => !Object.hasOwn(variant.values, key)));
  return (
    <li className={classes.variant} aria-label={t("trials.variant", { letter })}>
      <div className={classes.variantHead}>
        <span className={classes.letter}>{letter}</span>
        <p className={classes.variantName}>{nameOfVariant(base, variant)}</p>
        {canRemove && (
          <Tooltip label={t("trials.removeVariant", { letter })}>
            <ActionIcon
              size={28}
              aria-label={t("trials.removeVariant", { letter })}
              onClick={() => removeVariant(variant.id)}
            >
              <IconX size={16} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      {changed.map(({ key, field, value, group, label }) => {
        const undo = t("trials.undoSetting", { label, letter });
        return (
          <div key={key} className={classes.setting} data-dense={isPhone || undefined}>
            <p className={classes.group}>{group}</p>
            <FieldControl
              id={`${prefix}-${key}`}
              field={field}
              value={value}
              onChange={(next) => setValue(variant.id, key, next)}
            />
            <Tooltip label={undo}>
              <ActionIcon size={28} aria-label={undo} onClick={() => setValue(variant.id, key, undefined)}>
                <IconX size={14} />
              </ActionIcon>
            </Tooltip>
          </div>
        );
      })}
      <NativeSelect
        aria-label={t("trials.addSetting", { letter })}
        value=""
        onChange={({ currentTarget }) => {
          const found = settings.find(({ key }) => key === currentTarget.value);
          if (found) setValue(variant.id, found.key, found.value ?? found.field.default);
        }}
      >
        <option value="">{t("trials.addSettingHint")}</option>
        {offered.map(([group, own]) => (
          <optgroup key={group} label={group}>
            {own.map(({ key, label }) => (
              <option key={key} value={key}>
                {label}
              </option>
            ))}
          </optgroup>
        ))}
      </NativeSelect>
      {problem ? (
        <p className={classes.remark} data-bad role="alert">
          {t("trials.cannotTrain", { problem: tell(problem.said) })}
        </p>
      ) : (
        same !== index && <p className={classes.remark}>{t("trials.sameAs", { letter: letterOf(same) })}</p>
      )}
    </li>
  );
}

/** What a variant takes beside its time: its preparation and its scores. */
const OVERHEAD_MS = 3000;

function Foot({ base, isBlocked }: { readonly base: ModelDescription; readonly isBlocked: boolean }) {
  const { seconds, seeds, metric, variants } = useRace();
  const isTraining = isRunOpen(useRun(takeState));
  const curves = curvesOfModel(base);
  const takes = variants.length * seeds * (seconds * 1000 + OVERHEAD_MS);
  return (
    <div className={classes.foot}>
      <NativeSelect
        className={classes.choice ?? ""}
        label={t("trials.budget")}
        title={t("trials.budgetHelp")}
        data={SECONDS.map((value) => ({
          value: String(value),
          label: value < 100 ? t("number.seconds", { value: String(value) }) : formatRoughDuration(value * 1000),
        }))}
        value={String(seconds)}
        onChange={({ currentTarget }) => useRace.setState({ seconds: Number(currentTarget.value) })}
      />
      <NativeSelect
        className={classes.choice ?? ""}
        label={t("trials.seeds")}
        title={t("trials.seedsHelp")}
        data={SEEDS.map((value) => ({ value: String(value), label: t("trials.seedsOf", { seeds: value }) }))}
        value={String(seeds)}
        onChange={({ currentTarget }) => useRace.setState({ seeds: Number(currentTarget.value) })}
      />
      <NativeSelect
        className={classes.choice ?? ""}
        label={t("trials.judgedBy")}
        data={curves.map(({ id, title }) => ({ value: id, label: title }))}
        value={metric}
        onChange={({ currentTarget }) => useRace.setState({ metric: currentTarget.value })}
      />
      <div className={classes.push}>
        <span className={classes.remark}>{t("trials.takes", { time: formatRoughDuration(takes) })}</span>
        <Button
          leftSection={<IconFlag2 size={17} />}
          disabled={isBlocked || variants.length < 2}
          onClick={() => void startRace()}
        >
          {t(isTraining ? "trials.startInstead" : "trials.start")}
        </Button>
      </div>
    </div>
  );
}
