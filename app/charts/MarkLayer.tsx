/** The moments at which the learning rate was changed: a line each, and its value where there is room. Drawn above the
 *  curves. */
import { useContext } from "react";
import { Layer, usePlotArea } from "recharts";
import { formatRate } from "../common/format";
import type { ChartDef } from "./chart";
import { LABEL_FONT_SIZE, placeLabels } from "./markLabels";
import { CurvesContext, placeOn } from "./placeOn";
import { t } from "../common/words";

export function MarkLayer({ quietEdge }: Pick<ChartDef, "quietEdge">) {
  const curves = useContext(CurvesContext);
  const area = usePlotArea();
  if (!curves || !area) return null;
  const { toX } = placeOn(curves, area);
  const { low, high } = curves.xAxis;
  const seen = curves.marks.filter(({ x }) => x >= low && x <= high);
  const marks = seen.map(({ x, learningRate }) => ({
    x: toX(x) - area.x,
    // A schedule makes many digits of a rate, which the reading has all of.
    text: t("reading.rate", { rate: formatRate(Number(learningRate.toPrecision(3))) }),
  }));
  const y = quietEdge === "top" ? area.y + LABEL_FONT_SIZE : area.y + area.height - 6;
  return (
    <Layer>
      {marks.map(({ x }) => (
        <line
          key={x}
          x1={area.x + x}
          x2={area.x + x}
          y1={area.y}
          y2={area.y + area.height}
          stroke="var(--text-3)"
          strokeDasharray="2 3"
        />
      ))}
      {placeLabels(marks, area.width).map(({ x, text, anchor }) => (
        <text
          key={x}
          x={area.x + x}
          y={y}
          textAnchor={anchor}
          fontSize={LABEL_FONT_SIZE}
          fill="var(--text)"
          // The curve may pass behind: the letters stand in a margin of the background's colour.
          stroke="var(--surface)"
          strokeWidth={4}
          strokeLinejoin="round"
          paintOrder="stroke"
        >
          {text}
        </text>
      ))}
    </Layer>
  );
}
