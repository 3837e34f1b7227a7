/** A model as a picture: each layer with its main settings, what comes out of it, and its parameters. */
import type { Ref } from "react";
import { categories, type ModelDescription } from "../../src/engine";
import { formatCount } from "../common/format";
import { t } from "../common/words";
import { viewLayers } from "../model/layerView";
import { networkTitle } from "../store/networkTitle";
import { reportOf } from "../store/model";
import { layOut, type PlacedLayer } from "./layout";

interface ModelPictureProps {
  readonly model: ModelDescription;
  readonly svg: Ref<SVGSVGElement>;
}

/** Letters that fit beside each other. */
const MAX_LETTERS = 34;

export function ModelPicture({ model, svg }: ModelPictureProps) {
  const report = reportOf(model);
  const names = Object.keys(model.networks);
  const picture = layOut(
    Object.fromEntries(names.map((name) => [networkTitle(model, name), viewLayers(model, report, name)])),
  );
  const { width, height, layers, arrows, titles } = picture;
  return (
    <svg
      ref={svg}
      role="img"
      aria-label={t("card.pictureOf", { name: model.name })}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      style={{ maxWidth: "100%", height: "auto" }}
    >
      {titles.map(({ x, y, text }) => (
        <text key={text} x={x} y={y} fontSize={13} fontWeight={600} fill="var(--text)">
          {text}
        </text>
      ))}
      {layers.map((placed) => (
        <Layer key={placed.layer.id} {...placed} />
      ))}
      {arrows.map(({ x, from, to }) => (
        <path
          key={`${x} ${from}`}
          d={`M${x} ${from}V${to - 1}m-4 -5l4 5l4 -5`}
          fill="none"
          stroke="var(--text-3)"
          strokeWidth={1.5}
        />
      ))}
    </svg>
  );
}

function Layer({ layer, x, y, width, height, isContainer }: PlacedLayer) {
  const { type, summary, output, parameterCount, category } = layer;
  const about = summary.join(", ");
  const right = parameterCount ? formatCount(parameterCount) : "";
  return (
    <g data-category={category} style={{ "--hue": categories[category].hue } as React.CSSProperties}>
      <rect
        x={x}
        y={y}
        width={width}
        height={height}
        rx={8}
        fill={isContainer ? "none" : "var(--surface-2)"}
        stroke={isContainer ? "var(--category)" : "var(--line-strong)"}
        strokeDasharray={isContainer ? "4 3" : "none"}
      />
      {!isContainer && <rect x={x} y={y + 8} width={4} height={height - 16} rx={2} fill="var(--category)" />}
      <text x={x + 14} y={y + 17} fontSize={13} fontWeight={600} fill="var(--text)">
        {type}
      </text>
      <text x={x + width - 10} y={y + 17} fontSize={11.5} textAnchor="end" fill="var(--text-2)">
        {isContainer ? "" : output}
      </text>
      {!isContainer && (
        <>
          <text x={x + 14} y={y + 33} fontSize={11} fill="var(--text-2)">
            {about.length > MAX_LETTERS ? `${about.slice(0, MAX_LETTERS - 1)}…` : about}
          </text>
          <text x={x + width - 10} y={y + 33} fontSize={11} textAnchor="end" fill="var(--text-3)">
            {right}
          </text>
        </>
      )}
    </g>
  );
}
