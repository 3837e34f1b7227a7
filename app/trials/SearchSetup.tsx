/** What a search is of: settings and their ranges, how long, how, and by what it is judged. */
import { ActionIcon, Button, NativeSelect, Tooltip } from "@mantine/core";
import { IconListSearch, IconX } from "@tabler/icons-react";
import { useEffect, useId, useMemo } from "react";
import { formatRoughDuration } from "../common/format";
import { t } from "../common/words";
import { figuresOfModel, useDescription } from "../store/model";
import { isRunOpen, takeState, useRun } from "../store/run";
import { RangeControl } from "./RangeControl";
import { MAX_TRIALS, pointsOf, setRange, setUpSearch, startSearch, useSearch } from "./search";
import { groupsOf, type NamedSetting, namedSettings } from "./settingWords";
import { problemOf, rungsOf, suggestedRange } from "./tools";
import classes from "./TrialsDialog.module.css";

const MINUTES = [0.5, 1, 2, 5, 10, 20, 60];
const COUNTS = [4, 6, 9, 12, 18, 27, 45, 60];
const STRATEGIES = ["halving", "random", "grid"] as const;
const problems = {
  order: "trials.rangeOrder",
  bounds: "trials.rangeBounds",
  log: "trials.rangeLog",
  choices: "trials.rangeChoices",
} as const;

export function SearchSetup() {
  const description = useDescription();
  useEffect(() => setUpSearch(description), [description]);
  const search = useSearch();
  const { base, dimensions } = search;
  const prefix = useId();
  const settings = useMemo(() => (base ? namedSettings(base) : []), [base]);
  const points = useMemo(() => pointsOf(search), [search]);
  if (!base) return null;
  const offered = groupsOf(
    settings.filter((own) => suggestedRange(own) !== null && !dimensions.some(({ key }) => key === own.key)),
  );
  const chosen = dimensions.flatMap((own) => {
    const setting = settings.find(({ key }) => key === own.key);
    return setting ? [{ ...own, setting, problem: problemOf(own.range, setting.field) }] : [];
  });
  const isBlocked = chosen.length === 0 || chosen.some(({ problem }) => problem !== null) || points === null;
  return (
    <>
      <div className={classes.body}>
        <p className={classes.about}>{t("trials.searchAbout")}</p>
        <ul className={classes.variants}>
          {chosen.map(({ key, range, setting, problem }) => (
            <li key={key} className={classes.variant} aria-label={setting.label}>
              <DimensionHead setting={setting} />
              <RangeControl
                id={`${prefix}-${key}`}
                setting={setting}
                range={range}
                onChange={(next) => setRange(key, next)}
              />
              {problem && (
                <p className={classes.remark} data-bad role="alert">
                  {t(problems[problem])}
                </p>
              )}
            </li>
          ))}
          <li className={classes.add}>
            <NativeSelect
              aria-label={t("trials.addDimension")}
              value=""
              onChange={({ currentTarget }) => {
                const found = settings.find(({ key }) => key === currentTarget.value);
                const range = found && suggestedRange(found);
                if (found && range) setRange(found.key, range);
              }}
            >
              <option value="">{t("trials.addDimensionHint")}</option>
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
          </li>
        </ul>
      </div>
      <Foot isBlocked={isBlocked} points={points?.length ?? null} />
    </>
  );
}

function DimensionHead({ setting: { key, label, group } }: { readonly setting: NamedSetting }) {
  const remove = t("trials.removeDimension", { label });
  return (
    <div className={classes.variantHead}>
      <p className={classes.variantName}>
        {label} <span className={classes.group}>{group}</span>
      </p>
      <Tooltip label={remove}>
        <ActionIcon size={28} aria-label={remove} onClick={() => setRange(key, null)}>
          <IconX size={16} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

interface FootProps {
  readonly isBlocked: boolean;
  /** Null where there are too many. */
  readonly points: number | null;
}

function Foot({ isBlocked, points }: FootProps) {
  const { base, minutes, strategy, count, metric } = useSearch();
  const isTraining = isRunOpen(useRun(takeState));
  if (!base) return null;
  const rungs = rungsOf(strategy, Math.max(1, points ?? 1), minutes * 60_000);
  const told =
    points === null
      ? t("trials.gridTooLarge", { most: MAX_TRIALS })
      : rungs.length > 1
        ? t("trials.rungs", {
            counts: rungs.map((rung) => rung.count),
            first: formatRoughDuration(rungs[0]?.untilMs ?? 0),
            last: formatRoughDuration(rungs.at(-1)?.untilMs ?? 0),
          })
        : t("trials.each", { count: points, time: ((rungs[0]?.untilMs ?? 0) / 1000).toFixed(1) });
  return (
    <div className={classes.foot}>
      <NativeSelect
        className={`${classes.choice} ${classes.wide}`}
        label={t("trials.strategy")}
        data={STRATEGIES.map((value) => ({ value, label: t(`trials.${value}`) }))}
        value={strategy}
        onChange={({ currentTarget: { value } }) =>
          useSearch.setState({ strategy: STRATEGIES.find((own) => own === value) ?? "halving" })
        }
      />
      {strategy !== "grid" && (
        <NativeSelect
          className={classes.choice ?? ""}
          label={t("trials.count")}
          data={COUNTS.map(String)}
          value={String(count)}
          onChange={({ currentTarget }) => useSearch.setState({ count: Number(currentTarget.value) })}
        />
      )}
      <NativeSelect
        className={classes.choice ?? ""}
        label={t("trials.budgetInAll")}
        data={MINUTES.map((value) => ({ value: String(value), label: t("number.minutes", { value: String(value) }) }))}
        value={String(minutes)}
        onChange={({ currentTarget }) => useSearch.setState({ minutes: Number(currentTarget.value) })}
      />
      <NativeSelect
        className={classes.choice ?? ""}
        label={t("trials.judgedBy")}
        data={figuresOfModel(base).map(({ id, title }) => ({ value: id, label: title }))}
        value={metric}
        onChange={({ currentTarget }) => useSearch.setState({ metric: currentTarget.value })}
      />
      <div className={classes.push}>
        <span className={classes.remark}>{told}</span>
        <Button leftSection={<IconListSearch size={17} />} disabled={isBlocked} onClick={() => void startSearch()}>
          {t(isTraining ? "trials.searchInstead" : "trials.startSearch")}
        </Button>
      </div>
    </div>
  );
}
