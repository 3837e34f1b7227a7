/** The map of a world of cells, changed cell by cell, by mouse, touch or keyboard. When that is done it becomes a setting of the model, as
 *  one step that can be undone, and is kept and shared with it. */
import { Button, SegmentedControl } from "@mantine/core";
import { type KeyboardEvent, useRef, useState } from "react";
import { MAP_SIDE, mapCells, type MapLetter, type ModelDescription, withCell } from "../../../../src/engine";
import { t } from "../../../common/words";
import { edit, useDescription } from "../../../store/model";
import classes from "./MapEditor.module.css";

const LETTERS = ["#", ".", "G", "x", "S"] as const satisfies readonly MapLetter[];

const nameOf = (letter: MapLetter): string =>
  t(
    (
      {
        start: "inspect.cellStart",
        goal: "inspect.cellGoal",
        pit: "inspect.cellPit",
        wall: "inspect.cellWall",
        free: "inspect.cellFree",
      } as const
    )[mapCells[letter]],
  );

/** Where arrow keys lead, in cells. */
const ARROWS: Readonly<Record<string, number>> = {
  ArrowUp: -MAP_SIDE,
  ArrowDown: MAP_SIDE,
  ArrowLeft: -1,
  ArrowRight: 1,
};

/** The same model in another map; in the world's own, none is named. */
function withMap(model: ModelDescription, map: string | null): ModelDescription {
  const { map: _, ...training } = model.training;
  return { ...model, training: map === null ? training : { ...training, map } };
}

export function MapEditor({ ownMap, onDone }: { readonly ownMap: string; readonly onDone: () => void }) {
  const given = useDescription().training.map ?? ownMap;
  const [map, setMap] = useState(given);
  const [tool, setTool] = useState<MapLetter>("#");
  /** Where the keyboard is. */
  const [at, setAt] = useState(0);
  const cells = useRef<HTMLDivElement>(null);
  const paint = (cell: number): void => {
    setAt(cell);
    const was = map[cell];
    // Pressed again, a cell is free again.
    setMap(withCell(map, cell, was === tool ? "." : tool));
  };
  const use = (): void => {
    if (map !== given) edit((model) => withMap(model, map === ownMap ? null : map));
    onDone();
  };
  const move = (event: KeyboardEvent): void => {
    const next = at + (ARROWS[event.key] ?? NaN);
    const isRowLeft =
      Math.abs(ARROWS[event.key] ?? 0) === 1 && Math.floor(next / MAP_SIDE) !== Math.floor(at / MAP_SIDE);
    if (!(next >= 0 && next < map.length) || isRowLeft) return;
    event.preventDefault();
    setAt(next);
    cells.current?.querySelectorAll("button")[next]?.focus();
  };
  return (
    <div className={classes.view}>
      <div role="group" aria-label={t("inspect.mapCells")} className={classes.map} ref={cells} onKeyDown={move}>
        {[...map].map((letter, cell) => {
          const kind = LETTERS.find((one) => one === letter) ?? ".";
          const place = { row: Math.floor(cell / MAP_SIDE) + 1, column: (cell % MAP_SIDE) + 1 };
          return (
            <button
              key={`${place.row} ${place.column}`}
              type="button"
              className={classes.cell}
              data-kind={mapCells[kind]}
              tabIndex={cell === at ? 0 : -1}
              aria-label={t("inspect.mapCell", { ...place, kind: nameOf(kind) })}
              onClick={() => paint(cell)}
            >
              {kind === "S" || kind === "G" ? nameOf(kind).slice(0, 1) : ""}
            </button>
          );
        })}
      </div>
      <div className={classes.beside}>
        <SegmentedControl
          aria-label={t("inspect.mapTool")}
          value={tool}
          onChange={(value) => setTool(LETTERS.find((one) => one === value) ?? "#")}
          data={LETTERS.map((letter) => ({ value: letter, label: nameOf(letter) }))}
        />
        <div className={classes.buttons}>
          <Button onClick={use}>{t("inspect.useMap")}</Button>
          <Button variant="default" onClick={onDone}>
            {t("inspect.leaveMap")}
          </Button>
          <Button variant="default" disabled={map === ownMap} onClick={() => setMap(ownMap)}>
            {t("inspect.ownMap")}
          </Button>
        </div>
        <p className={classes.note}>{t("inspect.mapHint")}</p>
      </div>
    </div>
  );
}
