/** The lines of a chart and the band around them, on the scales of its axes. They are drawn here and not as the chart's
 *  data, because data pass through the library's whole machinery at every change: ten times a second, that would cost
 *  more than the training. */
import { useContext, useId } from "react";
import { Curve, Layer, usePlotArea } from "recharts";
import { CurvesContext, placeOn } from "./placeOn";
import { lookOf } from "./runLook";

/** The more points, the fewer dots fit on a line. */
const MAX_DOTS = 30;
/** Half a line, so that one along the edge is whole. */
const MARGIN = 1;

interface Place {
  readonly x: number;
  readonly y: number;
}

export function CurveLayer() {
  const curves = useContext(CurvesContext);
  const clipId = useId();
  const area = usePlotArea();
  if (!curves || !area) return null;
  const { raw, smooth, band, validation, yAxis, others } = curves;
  const { toX, toY } = placeOn(curves, area);
  const place = ({ x, y }: Place): Place => ({ x: toX(x), y: toY(y) });
  const isSmooth = smooth.length > 0;
  const held = validation.map(place);
  const isInside = ({ x, y }: Place): boolean =>
    x >= area.x - MARGIN &&
    x <= area.x + area.width + MARGIN &&
    y >= area.y - MARGIN &&
    y <= area.y + area.height + MARGIN;
  return (
    <Layer className="recharts-line">
      <clipPath id={clipId}>
        <rect
          x={area.x - MARGIN}
          y={area.y - MARGIN}
          width={area.width + 2 * MARGIN}
          height={area.height + 2 * MARGIN}
        />
      </clipPath>
      <g clipPath={`url(#${clipId})`}>
        <Curve
          className="recharts-area-area"
          points={band.map(({ x, high }) => place({ x, y: high }))}
          baseLine={band.map(({ x, low }) => place({ x, y: Math.max(low, yAxis.low) }))}
          fill="var(--train)"
          fillOpacity={0.13}
          stroke="none"
        />
        {others.map(({ id, slot, points }) => (
          <Curve
            key={id}
            className="recharts-line-curve"
            data-run={slot}
            points={points.map(place)}
            fill="none"
            {...lookOf(slot)}
          />
        ))}
        <Curve
          className="recharts-line-curve"
          points={raw.map(place)}
          fill="none"
          stroke="var(--train)"
          strokeWidth={isSmooth ? 1 : 1.5}
          strokeOpacity={isSmooth ? 0.3 : 1}
        />
        {isSmooth && (
          <Curve
            className="recharts-line-curve"
            points={smooth.map(place)}
            fill="none"
            stroke="var(--train)"
            strokeWidth={2}
          />
        )}
        <Curve
          className="recharts-line-curve"
          points={held}
          fill="none"
          stroke="var(--validation)"
          strokeWidth={2}
          strokeDasharray="6 4"
        />
      </g>
      {held.length <= MAX_DOTS &&
        held
          .filter(isInside)
          .map(({ x, y }) => <Dot key={x} x={x} y={y} fill="var(--surface)" stroke="var(--validation)" />)}
      {raw.length === 1 &&
        raw.map(place).map(({ x, y }) => <Dot key={x} x={x} y={y} fill="var(--train)" stroke="none" />)}
    </Layer>
  );
}

interface DotProps extends Place {
  readonly fill: string;
  readonly stroke: string;
}

const Dot = ({ x, y, fill, stroke }: DotProps) => (
  <circle cx={x} cy={y} r={3} fill={fill} stroke={stroke} strokeWidth={2} />
);
