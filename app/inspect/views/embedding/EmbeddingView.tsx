/** Test samples where a layer places them, followed while the model learns: choose a layer, and how its numbers are laid out. */
import { Button, NativeSelect, Progress, SegmentedControl, useComputedColorScheme } from "@mantine/core";
import "@mantine/core/styles/Progress.css";
import { useEffect, useMemo, useRef, useState } from "react";
import { type Embeddable, type Embedding, say } from "../../../../src/engine";
import { formatCount, formatPercent } from "../../../common/format";
import { t } from "../../../common/words";
import { useDescription } from "../../../store/model";
import { takePrepared, useRun } from "../../../store/run";
import { chooseSamples, takeChosen, useSamples } from "../../../store/samples";
import { useInquiry } from "../../../train/inquire";
import { type Classifier, classifierOf } from "../classifier";
import { hueOf } from "../plane/places";
import { EmbeddingPlot } from "./EmbeddingPlot";
import { ClassMixing } from "./ClassMixing";
import { Neighbours } from "./Neighbours";
import { fitted, turnedTo } from "./places";
import { coloured } from "./sheet";
import { useSheet } from "./useSheet";
import { useUmap } from "./useUmap";
import classes from "./EmbeddingView.module.css";

const COUNTS = [500, 1000, 2000, 5000];
const WAYS = ["pca", "umap"] as const;
const COLOURS = ["byClass", "byRight"] as const;
const NONE: ReadonlySet<number> = new Set();

export function EmbeddingView() {
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const model = prepared ?? edited;
  const classifier = useMemo(() => classifierOf(model), [model]);
  return classifier && <Embedded key={model.dataset} classifier={classifier} dataset={model.dataset} />;
}

interface EmbeddedProps {
  readonly classifier: Classifier;
  readonly dataset: string;
}

const nameOf = ({ network, block }: Pick<Embeddable, "network" | "block">): string => `${network}/${block}`;

function Embedded({ classifier, dataset }: EmbeddedProps) {
  const { classNames } = classifier;
  const [block, setBlock] = useState<Pick<Embeddable, "network" | "block"> | null>(null);
  const [count, setCount] = useState(1000);
  const [way, setWay] = useState<(typeof WAYS)[number]>("pca");
  const [colour, setColour] = useState<(typeof COLOURS)[number]>("byClass");
  const [cursor, setCursor] = useState(-1);
  const question = useMemo(() => ({ block, count }), [block, count]);
  const answer = useInquiry("embedding", question);
  const sheet = useSheet(classifier, answer?.count ?? 0);
  const umap = useUmap();
  const followed = useFollowed(answer);
  const isUmap = way === "umap";
  const laid = umap.laid && umap.laid.places.length === 2 * (sheet?.count ?? 0) ? umap.laid : null;
  const umapPlaces = useMemo(() => laid && fitted(laid.places), [laid]);
  const places = isUmap ? umapPlaces : followed;
  const labels = sheet?.labels;
  const said = answer?.said ?? null;
  const isDark = useComputedColorScheme("light") === "dark";
  const sprites = useMemo(() => {
    if (!sheet) return null;
    const style = getComputedStyle(document.documentElement);
    const [right, wrong] = [style.getPropertyValue("--text-3"), style.getPropertyValue("--bad")];
    return coloured(sheet, (n) => {
      if (colour === "byRight" && said) return said[n] === sheet.labels[n] ? right : wrong;
      return `hsl(${hueOf(sheet.labels[n] ?? 0, classNames.length)} 75% ${isDark ? 66 : 40}%)`;
    });
  }, [sheet, colour, said, classNames, isDark]);
  const chosen = useSamples(takeChosen);
  const chosenSet = useMemo(
    () => (chosen?.of === "test" && chosen.dataset === dataset ? new Set(chosen.rows) : NONE),
    [chosen, dataset],
  );
  const choose = (samples: readonly number[]): void =>
    chooseSamples({ of: "test", rows: samples, said: say("inspect.ofEmbedding"), dataset });
  const told = cursor >= 0 && labels ? verdictOf(classNames, labels[cursor] ?? 0, said?.[cursor]) : "";
  const current = answer ?? null;
  return (
    <div className={classes.view}>
      <div className={classes.controls}>
        {current && (
          <NativeSelect
            aria-label={t("inspect.embeddingLayer")}
            value={nameOf(block ?? current)}
            onChange={({ currentTarget: { value } }) =>
              setBlock(current.blocks.find((each) => nameOf(each) === value) ?? null)
            }
            data={current.blocks.map((each) => ({
              value: nameOf(each),
              label: t("inspect.embeddingOption", { layer: each.block, size: each.size }),
            }))}
          />
        )}
        <SegmentedControl
          aria-label={t("inspect.embeddingWay")}
          data={WAYS.map((value) => ({ value, label: t(`inspect.${value}`) }))}
          value={way}
          onChange={(value) => setWay(value === "umap" ? "umap" : "pca")}
        />
        <SegmentedControl
          aria-label={t("inspect.embeddingColour")}
          data={COLOURS.map((value) => ({ value, label: t(`inspect.${value}`) }))}
          value={colour}
          onChange={(value) => setColour(value === "byRight" ? "byRight" : "byClass")}
        />
        <NativeSelect
          aria-label={t("inspect.embeddingCount")}
          value={String(count)}
          onChange={({ currentTarget: { value } }) => setCount(Number(value))}
          data={COUNTS.map((value) => ({
            value: String(value),
            label: t("inspect.embeddingSamples", { count: value }),
          }))}
        />
      </div>
      <p className={classes.hint}>{t(isUmap ? "inspect.umapHint" : "inspect.pcaHint")}</p>
      {isUmap && (
        <div className={classes.umap}>
          {umap.share === null ? (
            <Button disabled={!answer} onClick={() => answer && umap.start(answer)}>
              {t(laid ? "inspect.umapAgain" : "inspect.umapStart")}
            </Button>
          ) : (
            <>
              <Button variant="default" onClick={umap.cancel}>
                {t("inspect.umapCancel")}
              </Button>
              <Progress className={classes.progress} value={100 * umap.share} aria-label={t("inspect.umapProgress")} />
            </>
          )}
          {umap.hasFailed && <span className={classes.hint}>{t("inspect.umapFailed")}</span>}
          {laid && answer && (
            <span className={classes.hint}>
              {t("inspect.umapOf", { layer: laid.of.block, step: formatCount(laid.of.step) })}
            </span>
          )}
        </div>
      )}
      {answer && sheet && sprites && places?.length === 2 * sheet.count ? (
        <div className={classes.body}>
          <EmbeddingPlot
            sheet={sheet}
            sprites={sprites}
            places={places}
            chosen={chosenSet}
            cursor={cursor}
            told={told}
            onCursor={setCursor}
            onChoose={choose}
          />
          <div className={classes.beside}>
            <p className={classes.line}>{lineOf(answer, isUmap)}</p>
            {cursor >= 0 && cursor < sheet.count && (
              <Neighbours
                embedding={answer}
                sheet={sheet}
                sprites={sprites}
                sample={cursor}
                told={told}
                onCursor={setCursor}
                onChoose={choose}
              />
            )}
            <ClassMixing places={places} labels={sheet.labels} classNames={classNames} onChoose={choose} />
          </div>
        </div>
      ) : (
        (!isUmap || !answer || !sheet) && <p className={classes.hint}>{t("inspect.embeddingWaiting")}</p>
      )}
    </div>
  );
}

function lineOf({ size, width, count, step, shares: [first, second] }: Embedding, isUmap: boolean): string {
  const about = { size, count, step };
  const sentence = isUmap
    ? t("inspect.embeddingOf", about)
    : t("inspect.embeddingShares", { ...about, first: formatPercent(first, 0), second: formatPercent(second, 0) });
  return width < size ? `${sentence} ${t("inspect.embeddingProjected", { width })}` : sentence;
}

const verdictOf = (classNames: readonly string[], label: number, said: number | undefined): string =>
  t("inspect.embeddingSample", {
    label: classNames[label] ?? "",
    says: said === undefined ? null : (classNames[said] ?? ""),
  });

/** Principal components from step to step, each turned to those before it. */
function useFollowed(answer: Embedding | null): Float32Array | null {
  const before = useRef<{ readonly of: string; readonly places: Float32Array } | null>(null);
  const [places, setPlaces] = useState<Float32Array | null>(null);
  useEffect(() => {
    if (!answer) return;
    const of = `${nameOf(answer)} ${answer.count}`;
    const turned = before.current?.of === of ? turnedTo(answer.places, before.current.places) : answer.places;
    before.current = { of, places: turned };
    setPlaces(fitted(turned));
  }, [answer]);
  return places;
}
