/** One sample on its way through every layer of the model, while it learns: the maps of each, all on one scale. */
import { Button } from "@mantine/core";
import { type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type BlockOutput, type ColumnInfo, sizeOf } from "../../../../src/engine";
import { formatCount, formatScore, formatShape } from "../../../common/format";
import { t } from "../../../common/words";
import { useDescription } from "../../../store/model";
import { takePrepared, useRun } from "../../../store/run";
import { takeAt, takeChosen, useSamples } from "../../../store/samples";
import { useSampleColumns } from "../../../train/useSampleColumns";
import { useInquiry } from "../../../train/inquire";
import { classifierOf } from "../classifier";
import { Picture } from "../Picture";
import { BRIGHTEST, coloured, colourOf, SCALE_TICKS } from "../colours";
import { type Unit, UnitArithmetic } from "./UnitArithmetic";
import classes from "./LayersView.module.css";

/** Maps of a layer, and numbers in a row, that are drawn. */
const MOST = { maps: 64, numbers: 512 };

const FIRST = [0];

export function LayersView() {
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const model = prepared ?? edited;
  const classifier = useMemo(() => classifierOf(model), [model]);
  const chosen = useSamples(takeChosen);
  const at = useSamples(takeAt);
  const row = chosen?.rows[at];
  const rows = useMemo(() => (row === undefined ? FIRST : [row]), [row]);
  const input = useSampleColumns(chosen?.of ?? "test", rows)?.columns[classifier?.input ?? ""];
  const values = input?.values instanceof Float32Array ? input.values : null;
  const name = classifier?.input ?? "";
  const question = useMemo(() => values && { columns: { [name]: values } }, [values, name]);
  const outputs = useInquiry("trace", question);
  const [picked, setPicked] = useState<Unit | null>(null);
  const asked = useMemo(() => picked && question && { ...picked, ...question }, [picked, question]);
  const pick = useCallback((unit: number) => setPicked((before) => before && { ...before, unit }), []);
  const close = useCallback(() => setPicked(null), []);
  return (
    <div className={classes.view}>
      <p className={classes.hint}>{t(chosen ? "inspect.layersOfChosen" : "inspect.layersOfFirst")}</p>
      <Scale />
      <ol className={classes.layers}>
        {input && values && (
          <li className={classes.layer}>
            <h3 className={classes.name}>{t("inspect.input")}</h3>
            <p className={classes.shape}>{formatShape(input.info.shape)}</p>
            {input.info.kind === "image" ? (
              <Picture values={values} shape={input.info.shape} className={classes.input} />
            ) : (
              <Output
                output={{ network: "", block: "", shape: shapeOf(input.info), data: Float32Array.from(values) }}
              />
            )}
          </li>
        )}
        {outputs?.map((output) => (
          <li key={`${output.network}/${output.block}`} className={classes.layer}>
            <h3 className={classes.name}>{output.block}</h3>
            <p className={classes.shape}>
              {formatShape(output.shape)}{" "}
              {!output.isEachStep && (
                <Button
                  variant="subtle"
                  size="compact-sm"
                  aria-label={t("inspect.howIsComputed", { layer: output.block })}
                  onClick={() => setPicked(unitOf(output, largestOf(output.data)))}
                >
                  {t("inspect.how")}
                </Button>
              )}
            </p>
            <Output
              output={output}
              {...(!output.isEachStep && { onPick: (unit: number) => setPicked(unitOf(output, unit)) })}
            />
            {asked?.network === output.network && asked.block === output.block && (
              <UnitArithmetic question={asked} shape={output.shape} onPick={pick} onClose={close} />
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}

const unitOf = ({ network, block }: BlockOutput, unit: number): Unit => ({ network, block, unit });

/** Clips as they are, and all else as numbers in a row. */
const shapeOf = ({ shape }: ColumnInfo): readonly number[] => (shape.length === 4 ? shape : [sizeOf(shape)]);

/** Frames one below the other are one image. */
const asMaps = (shape: readonly number[]): readonly number[] =>
  shape.length === 4 ? [(shape[0] ?? 1) * (shape[1] ?? 1), ...shape.slice(2)] : shape;

/** The number that stands out most. */
const largestOf = (data: Float32Array): number =>
  data.reduce((best, value, i) => (Math.abs(value) > Math.abs(data[best] ?? 0) ? i : best), 0);

function Scale() {
  return (
    <div className={classes.scale} aria-hidden>
      {SCALE_TICKS.map((value) => (
        <span key={value} className={classes.tick}>
          <span className={classes.swatch} style={{ background: `rgb(${colourOf(value).join(" ")})` }} />
          {t("inspect.scaleTick", { value: formatScore(value), isEnd: Math.abs(value) === BRIGHTEST })}
        </span>
      ))}
    </div>
  );
}

interface OutputProps {
  readonly output: BlockOutput;
  /** Hears of a number that is pressed. */
  readonly onPick?: (unit: number) => void;
}

function Output({ output, onPick }: OutputProps) {
  const { data } = output;
  const shape = asMaps(output.shape);
  const [height = 1, width = 1, maps = 1] = shape.length === 3 ? shape : [1, Math.min(sizeOf(shape), MOST.numbers), 1];
  const shown = Math.min(maps, MOST.maps);
  const drawn = shape.length === 3 ? data : data.subarray(0, width);
  const [low, high] = [
    data.reduce((a, b) => Math.min(a, b), Infinity),
    data.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  const left = shape.length === 3 ? maps - shown : data.length - drawn.length;
  return (
    <>
      <div className={classes.maps} data-flat={shape.length !== 3 || undefined}>
        {Array.from({ length: shown }, (_, map) => (
          <FeatureMap key={map} data={drawn} map={map} maps={maps} height={height} width={width} onPick={onPick} />
        ))}
      </div>
      <p className={classes.range}>{t("inspect.range", { low: formatScore(low), high: formatScore(high) })}</p>
      {left > 0 && <p className={classes.range}>{t("inspect.notDrawn", { count: formatCount(left) })}</p>}
    </>
  );
}

interface MapProps {
  readonly data: Float32Array;
  readonly map: number;
  readonly maps: number;
  readonly height: number;
  readonly width: number;
  readonly onPick: ((unit: number) => void) | undefined;
}

/** One map, of which the number under the pointer is told. */
function FeatureMap({ data, map, maps, height, width, onPick }: MapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [told, setTold] = useState<string>();
  const unitAt = ({ nativeEvent: { offsetX, offsetY }, currentTarget }: MouseEvent<HTMLElement>): number => {
    const x = Math.min(width - 1, Math.floor((offsetX / currentTarget.clientWidth) * width));
    const y = Math.min(height - 1, Math.floor((offsetY / currentTarget.clientHeight) * height));
    return (y * width + x) * maps + map;
  };
  useEffect(() => {
    const pixels = coloured(data, map, maps);
    canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
  }, [data, map, maps, height, width]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      className={classes.map}
      aria-hidden
      title={told}
      data-pressable={onPick !== undefined || undefined}
      onPointerMove={(event) => setTold(formatScore(data[unitAt(event)] ?? NaN))}
      onClick={(event) => onPick?.(unitAt(event))}
    />
  );
}
