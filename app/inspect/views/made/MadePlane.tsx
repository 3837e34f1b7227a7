/** A GAN on points, in layers: the discriminator's field, real points, made ones, and where each of these is pushed. */
import { Button, Switch } from "@mantine/core";
import { useId, useMemo, useState } from "react";
import type { ColumnInfo } from "../../../../src/engine";
import { formatPercent } from "../../../common/format";
import { t } from "../../../common/words";
import { dataOf, reportOf, useDescription } from "../../../store/model";
import { drawPoints } from "../../../store/datasets";
import { takePrepared, useRun } from "../../../store/run";
import { takePhase, useInPhase, useSlow } from "../../../store/slow";
import { useSampleColumns } from "../../../train/useSampleColumns";
import { useShown } from "../../../train/useShown";
import { Corners } from "../field/Corners";
import { placesOf, reachOf } from "../field/paint";
import { Painted } from "../field/Painted";
import { coverageOf, neighbourhoodsOf } from "./coverage";
import { arrowsOf, taperOf } from "./push";
import classes from "./MadePlane.module.css";

/** Squares along each side. */
const RESOLUTION = 48;
/** Of the picture, in its own units. */
const SIZE = 100;
const POINTS = 400;
/** Of the generator's grid, and how far its noise goes. */
const LINES = 15;
const EDGE = 2;
const ARROWS = 80;
/** In units of the picture. */
const LONGEST = 9;
const ARROW_WIDTH = 1.5;

const LAYERS = ["fieldLayer", "gridLayer", "realLayer", "madeLayer", "pushLayer"] as const;
type Layer = (typeof LAYERS)[number];

const GENERATOR = "generator";

/** The classes of the field: what is taken for made, and for real. */
const [MADE, REAL] = [0, 1];

export default function MadePlane() {
  const model = useRun(takePrepared);
  const count = Math.min(POINTS, model ? dataOf(model).trainCount : 0);
  // Those that are to be imitated, and not those that are kept for the test.
  const rows = useMemo(() => [...Array(count).keys()], [count]);
  const columns = useSampleColumns("train", rows)?.columns;
  const [column, real] = Object.entries(columns ?? {}).find(([, { info }]) => info.kind === "points") ?? [];
  return column && real ? <Plane column={column} real={real.values} info={real.info} /> : null;
}

interface PlaneProps {
  readonly column: string;
  readonly real: ArrayLike<number>;
  readonly info: ColumnInfo;
}

function Plane({ column, real, info }: PlaneProps) {
  const [shownLayers, setShownLayers] = useState<ReadonlySet<Layer>>(new Set(LAYERS));
  const id = useId();
  const has = (layer: Layer): boolean => shownLayers.has(layer);
  const reach = useMemo(() => reachOf(real), [real]);
  const places = useMemo(() => placesOf(RESOLUTION, reach), [reach]);
  const judged = useShown(column, places, RESOLUTION * RESOLUTION, "judge")?.shown;
  const nothing = useMemo(() => new Float32Array(), []);
  const noise = useNoiseSize();
  const grid = useMemo(() => gridOf(noise), [noise]);
  const warped = useInPhase(
    GENERATOR,
    useShown("noise", has("gridLayer") ? grid : null, LINES * LINES, "generate")?.shown["made"]?.data,
  );
  const made = useInPhase(GENERATOR, useShown(null, nothing, POINTS)?.shown["made"]?.data);
  const neighbourhoods = useMemo(() => neighbourhoodsOf(real), [real]);
  const near = useMemo(() => made && coverageOf(real, neighbourhoods, made), [real, neighbourhoods, made]);
  const share = judged?.["share"]?.data;
  // What pushes made points until the generator's update is what the discriminator said before its own.
  const loss = useInPhase(GENERATOR, judged?.["generatorLoss"]?.data);
  const phase = useSlow(takePhase);
  const unit = SIZE / 2 / reach;
  const arrows =
    has("pushLayer") && made && loss
      ? arrowsOf(made, ARROWS, { values: loss, resolution: RESOLUTION, reach }, LONGEST / unit)
      : [];
  const x = (value: number): string => (SIZE / 2 + value * unit).toFixed(2);
  const y = (value: number): string => (SIZE / 2 - value * unit).toFixed(2);
  const dots = (values: ArrayLike<number>): string =>
    Array.from(
      { length: values.length >> 1 },
      (_, i) => `M${x(values[2 * i] ?? 0)} ${y(values[2 * i + 1] ?? 0)}h0`,
    ).join("");
  const toggle = (layer: Layer): void =>
    setShownLayers((before) =>
      before.has(layer) ? new Set([...before].filter((one) => one !== layer)) : new Set([...before, layer]),
    );
  const counts: Partial<Record<Layer, number>> = {
    realLayer: real.length >> 1,
    madeLayer: made ? made.length >> 1 : 0,
  };
  return (
    <div className={classes.view}>
      <div
        className={classes.plane}
        data-phase={phase && `${phase.networks.join(" ")} ${phase.kind}`}
        role="img"
        aria-label={t("results.madePoints")}
      >
        {has("fieldLayer") && share && <Field share={share} />}
        <svg viewBox={`0 0 ${SIZE} ${SIZE}`} className={classes.points} aria-hidden>
          {warped && <path className={classes.grid} d={linesOf(warped, x, y)} />}
          {has("realLayer") && <path className={classes.real} d={dots(real)} />}
          {has("madeLayer") && made && <path className={classes.made} d={dots(made)} />}
          <path
            className={classes.arrow}
            d={arrows
              .map(
                (arrow) =>
                  `M${taperOf(arrow, ARROW_WIDTH / unit)
                    .map(([px, py]) => `${x(px)} ${y(py)}`)
                    .join("L")}Z`,
              )
              .join("")}
          />
        </svg>
        <Corners reach={reach} info={info} />
      </div>
      <div className={classes.legend}>
        <div role="group" aria-label={t("inspect.madeLayers")} className={classes.layers}>
          {LAYERS.map((layer) => (
            <div key={layer} className={classes.layer}>
              <Switch id={`${id} ${layer}`} checked={has(layer)} onChange={() => toggle(layer)} />
              <label htmlFor={`${id} ${layer}`} className={classes.layer}>
                <span className={classes.swatch} data-swatch data-layer={layer} aria-hidden />
                {/* One text in an element of its own: translators of pages replace texts. */}
                <span>{told(t(`inspect.${layer}`), counts[layer])}</span>
              </label>
            </div>
          ))}
        </div>
        <dl className={classes.figures}>
          <dt>{t("inspect.coverage")}</dt>
          <dd>{near ? formatPercent(near.coverage, 0) : "–"}</dd>
          <dt>{t("inspect.madePrecision")}</dt>
          <dd>{near ? formatPercent(near.precision, 0) : "–"}</dd>
        </dl>
        <Button variant="default" onClick={drawPoints}>
          {t("training.drawPoints")}
        </Button>
        <p className={classes.hint}>{t("inspect.madeFieldHint")}</p>
      </div>
    </div>
  );
}

/** How many numbers the generator reads. */
function useNoiseSize(): number {
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  return reportOf(prepared ?? edited).networks[GENERATOR]?.input?.shape[0] ?? 1;
}

/** Noise whose first two numbers are a grid from -EDGE to EDGE, the others 0. `[LINES^2, noise]` */
function gridOf(noise: number): Float32Array {
  const values = new Float32Array(LINES * LINES * noise);
  const at = (i: number): number => EDGE * ((2 * i) / (LINES - 1) - 1);
  for (let place = 0; place < LINES * LINES; place++) {
    values[place * noise] = at(place % LINES);
    if (noise > 1) values[place * noise + 1] = at(Math.floor(place / LINES));
  }
  return values;
}

type Write = (value: number) => string;

/** The grid's lines, through where the generator puts their crossings. */
function linesOf(points: ArrayLike<number>, x: Write, y: Write): string {
  const at = (row: number, column: number): string => {
    const place = 2 * (row * LINES + column);
    return `${x(points[place] ?? 0)} ${y(points[place + 1] ?? 0)}`;
  };
  const steps = Array.from({ length: LINES }, (_, i) => i);
  return steps
    .flatMap((line) => [
      `M${steps.map((step) => at(line, step)).join("L")}`,
      `M${steps.map((step) => at(step, line)).join("L")}`,
    ])
    .join("");
}

const told = (layer: string, count: number | undefined): string =>
  count === undefined ? layer : t("results.pointSet", { title: layer, points: count });

function Field({ share }: { readonly share: Float32Array }) {
  const both = useMemo(() => {
    const shares = new Float32Array(2 * share.length);
    share.forEach((value, i) => {
      shares[2 * i + MADE] = 1 - value;
      shares[2 * i + REAL] = value;
    });
    return shares;
  }, [share]);
  return <Painted outputs={both} classes={2} resolution={RESOLUTION} className={classes.field} />;
}
