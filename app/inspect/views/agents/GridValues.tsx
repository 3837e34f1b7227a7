/** A map with what an agent would do in each cell and what it expects there, kept up with its weights. */
import { VisuallyHidden } from "@mantine/core";
import { type CSSProperties, useMemo } from "react";
import type { Grid, World } from "../../../../src/engine";
import { t } from "../../../common/words";
import { useShown } from "../../../train/useShown";
import classes from "./SceneView.module.css";

interface Told {
  readonly action: number;
  readonly value: number;
}

/** What the agent would do in every cell; null before the model is ready. */
export function useGridValues(world: World): readonly Told[] | null {
  const { grid } = world;
  const observations = useMemo(
    () => (grid ? Float32Array.from(grid.cells.flatMap((_, cell) => world.observe([cell]))) : null),
    [grid, world],
  );
  const count = grid?.cells.length ?? 1;
  const shown = useShown("observation", observations, count)?.shown;
  return useMemo(() => {
    const rows = Object.values(shown ?? {}).find(({ kind }) => kind === "actions")?.data;
    const expected = Object.values(shown ?? {}).find(({ kind }) => kind === "value")?.data;
    if (!rows || !grid) return null;
    const width = rows.length / count;
    return grid.cells.map((_, cell) => {
      const row = Array.from(rows.subarray(cell * width, (cell + 1) * width));
      const best = Math.max(...row);
      return { action: row.indexOf(best), value: expected?.[cell] ?? best };
    });
  }, [shown, grid, count]);
}

/** Values over the cells where an agent can stand. */
export function GridValues({ grid, told }: { readonly grid: Grid; readonly told: readonly Told[] }) {
  return grid.cells.map((kind, cell) => {
    const { action, value } = told[cell] ?? { action: 0, value: 0 };
    if (kind !== "free") return null;
    const x = (cell % grid.columns) + 0.5;
    const y = Math.floor(cell / grid.columns) + 0.5;
    const [across, down] = grid.moves[action] ?? [0, 0];
    const strength = Math.round(Math.min(1, Math.abs(value)) * 70);
    const key = cell;
    return (
      <g key={key}>
        <rect
          x={x - 0.47}
          y={y - 0.47}
          width={0.94}
          height={0.94}
          rx={0.04}
          className={classes.value}
          data-sign={value < 0 ? "bad" : "good"}
          style={{ "--strength": `${strength}%` } as CSSProperties}
        />
        <path
          className={classes.arrow}
          d="M-0.2 0H0.2M0.06 -0.12L0.2 0L0.06 0.12"
          transform={`translate(${x} ${y - 0.1}) rotate(${(Math.atan2(down, across) * 180) / Math.PI})`}
        />
        <text x={x} y={y + 0.38} className={classes.number}>
          {value.toFixed(2)}
        </text>
      </g>
    );
  });
}

/** The same in words. */
export function GridTwin({
  grid,
  told,
  actions,
}: {
  readonly grid: Grid;
  readonly told: readonly Told[];
  readonly actions: readonly string[];
}) {
  return (
    <VisuallyHidden>
      <ul aria-label={t("inspect.gridValues")}>
        {grid.cells.map((kind, cell) => {
          const at = told[cell];
          if (kind !== "free" || !at) return null;
          const [row, column] = [Math.floor(cell / grid.columns) + 1, (cell % grid.columns) + 1];
          const words = { row, column, action: actions[at.action] ?? "", value: at.value.toFixed(2) };
          return <li key={`${row} ${column}`}>{t("inspect.gridCell", words)}</li>;
        })}
      </ul>
    </VisuallyHidden>
  );
}
