/** One metric of a kept run as it went: training solid, validation dashed. Nothing moves in it. */
import { useMemo } from "react";
import type { CurveInfo, KeptCurves } from "../../src/engine";
import { t } from "../common/words";
import { ChartFrame } from "../charts/ChartFrame";
import { chartOf } from "../charts/chart";
import { buildCurves, type CurvePoint } from "../charts/curves";
import { CurvesContext, placeOn } from "../charts/placeOn";
import { plotFrame } from "../charts/plotFrame";
import { columnsOf } from "../store/runs";
import classes from "./RunCard.module.css";

const [WIDTH, HEIGHT] = [340, 180];
const SMOOTHING = 0.8;

interface CurvePictureProps {
  readonly info: CurveInfo;
  readonly curves: KeptCurves;
  readonly stepsPerEpoch: number;
}

export function CurvePicture({ info, curves: kept, stepsPerEpoch }: CurvePictureProps) {
  const curves = useMemo(() => {
    const [train, validation] = [columnsOf(kept.train), columnsOf(kept.validation)];
    const source = { train, validation, marks: [], stepsPerEpoch };
    const look = { xUnit: "epoch", smoothing: SMOOTHING, isLog: false, isFit: true, zoom: null } as const;
    return buildCurves(chartOf(info), source, { ...look, width: WIDTH, height: HEIGHT }, new Float64Array(train.count));
  }, [info, kept, stepsPerEpoch]);
  const frame = plotFrame(WIDTH, HEIGHT);
  const { toX, toY } = placeOn(curves, { ...frame, x: frame.left, y: frame.top });
  const top = frame.top + frame.height;
  const pathOf = (points: readonly CurvePoint[]): string =>
    points.map(({ x, y }, i) => `${i > 0 ? "L" : "M"}${toX(x)} ${Math.min(top, Math.max(frame.top, toY(y)))}`).join("");
  const isShort = curves.raw.length < 3;
  return (
    <figure className={classes.curve}>
      <figcaption>
        {info.title}
        {info.unit !== "" && <span> ({info.unit})</span>}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("card.curveOf", { title: info.title })}>
        <CurvesContext value={curves}>
          <ChartFrame frame={frame} />
        </CurvesContext>
        <g fill="none" strokeWidth={1.8}>
          <path d={pathOf(curves.raw)} stroke="var(--train)" strokeOpacity={isShort ? 1 : 0.25} strokeWidth={1} />
          <path d={pathOf(curves.smooth)} stroke="var(--train)" />
          <path d={pathOf(curves.validation)} stroke="var(--validation)" strokeDasharray="6 4" />
        </g>
      </svg>
    </figure>
  );
}
