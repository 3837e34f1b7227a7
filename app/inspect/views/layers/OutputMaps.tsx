/** What a layer gives, as one picture: its maps, its numbers step by step, or in one row; the number under the pointer is told. */
import { useElementSize } from "@mantine/hooks";
import { type MouseEvent, useEffect, useRef, useState } from "react";
import { type BlockOutput, sizeOf } from "../../../../src/engine";
import { formatCount, formatScore } from "../../../common/format";
import { t } from "../../../common/words";
import { type Maps, numberAt, paintMaps } from "./maps";
import classes from "./LayersView.module.css";

/** Maps of a layer, and numbers in a row, that are drawn. */
const MOST = { maps: 64, numbers: 512 };
/** How wide a map is on the screen, and how many are in a row at most. */
const MAP_SIDE = 50;
const MAX_ACROSS = 16;
/** How tall a step is on the screen, and all of them at most. */
const STEP_HEIGHT = 8;
const MAX_HEIGHT = 240;

/** Frames one below the other are one image. */
const asMaps = (shape: readonly number[]): readonly number[] =>
  shape.length === 4 ? [(shape[0] ?? 1) * (shape[1] ?? 1), ...shape.slice(2)] : shape;

/** Numbers as one map: a row for each step where there are steps, else the first of them. */
const asRows = (shape: readonly number[]): readonly number[] => {
  const [steps = 1, width = 1] = shape;
  return shape.length === 2 && width <= MOST.numbers
    ? [steps, width, 1]
    : [1, Math.min(sizeOf(shape), MOST.numbers), 1];
};

interface OutputMapsProps {
  readonly output: BlockOutput;
  /** How much stronger than layers' outputs it is coloured. */
  readonly strength?: number;
  /** Hears of a number that is pressed. */
  readonly onPick?: (unit: number) => void;
  /** Hears of the number that a pointer that can hover is over, and where that is; and when it goes. */
  readonly onOver?: (unit: number, at: readonly [x: number, y: number]) => void;
  readonly onLeave?: () => void;
}

export function OutputMaps({ output: { data, shape: given }, strength = 1, ...hears }: OutputMapsProps) {
  const shape = asMaps(given);
  const isFlat = shape.length !== 3;
  const { ref, width: room } = useElementSize<HTMLDivElement>();
  const [height = 1, width = 1, maps = 1] = isFlat ? asRows(shape) : shape;
  const shown = Math.min(maps, MOST.maps);
  const across = isFlat ? 1 : Math.max(1, Math.min(MAX_ACROSS, Math.floor(room / MAP_SIDE)));
  const [low, high] = [
    data.reduce((a, b) => Math.min(a, b), Infinity),
    data.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  const left = isFlat ? data.length - height * width : maps - shown;
  return (
    <>
      <div
        ref={ref}
        className={classes.maps}
        data-flat={isFlat || undefined}
        style={height > 1 && isFlat ? { height: Math.min(MAX_HEIGHT, height * STEP_HEIGHT) } : undefined}
      >
        {room > 0 && <Drawn {...{ data, height, width, maps, shown, across, strength }} {...hears} />}
      </div>
      <p className={classes.range}>{t("inspect.range", { low: formatScore(low), high: formatScore(high) })}</p>
      {left > 0 && <p className={classes.range}>{t("inspect.notDrawn", { count: formatCount(left) })}</p>}
    </>
  );
}

interface DrawnProps extends Maps, Omit<OutputMapsProps, "output" | "strength"> {
  readonly data: Float32Array;
  readonly strength: number;
}

function Drawn({ data, height, width, maps, shown, across, strength, onPick, onOver, onLeave }: DrawnProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [told, setTold] = useState<string>();
  const unitAt = ({ nativeEvent: { offsetX, offsetY }, currentTarget }: MouseEvent<HTMLElement>): number =>
    numberAt(
      { height, width, maps, shown, across },
      offsetX / currentTarget.clientWidth,
      offsetY / currentTarget.clientHeight,
    );
  useEffect(() => {
    const element = canvas.current;
    const painted = paintMaps({ height, width, maps, shown, across }, data, strength);
    if (!element) return;
    // Setting them wipes the canvas, even where they stay as they are.
    if (element.width !== painted.width) element.width = painted.width;
    if (element.height !== painted.height) element.height = painted.height;
    element.getContext("2d")?.putImageData(new ImageData(painted.pixels, painted.width, painted.height), 0, 0);
  }, [data, height, width, maps, shown, across, strength]);
  return (
    <canvas
      ref={canvas}
      className={classes.map}
      aria-hidden
      title={onOver ? undefined : told}
      data-pressable={onPick !== undefined || undefined}
      onPointerMove={(event) => {
        const unit = unitAt(event);
        if (unit < 0) onLeave?.();
        else if (!onOver) setTold(formatScore(data[unit] ?? NaN));
        else if (event.pointerType === "mouse") onOver(unit, [event.clientX, event.clientY]);
      }}
      onPointerLeave={onLeave}
      onClick={(event) => {
        const unit = unitAt(event);
        if (unit >= 0) onPick?.(unit);
      }}
    />
  );
}
