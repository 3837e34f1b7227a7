/** Paints a film's frames: the curves with a mark at the step, and beside them what the weights of that step say. One picture for the
 *  screen and for files. */
import { type CurveInfo, sizeOf } from "../../src/engine";
import { formatCount, formatCurve, formatEpoch } from "../common/format";
import { t } from "../common/words";
import { chartOf } from "../charts/chart";
import { buildCurves, type CurvePoint } from "../charts/curves";
import { placeOn } from "../charts/placeOn";
import { colourOf, paintField } from "../inspect/views/field/paint";
import { type Classified, pairsOf, readClassified, toPixels } from "../inspect/views/readPredictions";
import { curvesOfModel, goalOf } from "../store/model";
import { columnsOf } from "../store/runs";
import { type Frame, RESOLUTION, type Scene } from "./frames";

/** The size of a frame, in pixels: the curves beside what the model says, or on a phone above it. */
export const SIZES = { wide: { width: 720, height: 420 }, tall: { width: 360, height: 760 } } as const;
export type Layout = keyof typeof SIZES;
const MIDDLE = 360;
/** How much further down the model stands where it is below the curves. */
const BELOW = 344;
const SIDE = 310;
const TOP = 64;

/** The colours of the page, by the names of its style sheets. */
export type Colour = (name: string) => string;

interface Brush {
  readonly context: CanvasRenderingContext2D;
  readonly colour: Colour;
  /** Of the letters. */
  readonly family: string;
}

function write(
  { context, colour, family }: Brush,
  text: string,
  x: number,
  y: number,
  look: { size?: number; bold?: boolean; of?: string; align?: CanvasTextAlign; most?: number } = {},
): void {
  const { size = 12, bold = false, of = "--text-2", align = "left", most } = look;
  context.font = [bold ? 600 : 400, `${size}px`, family].join(" ");
  context.textAlign = align;
  context.fillStyle = colour(of);
  context.fillText(most === undefined ? text : cut(context, text, most), x, y, most);
}

/** As much of a text as there is room for. */
function cut(context: CanvasRenderingContext2D, text: string, most: number): string {
  if (context.measureText(text).width <= most) return text;
  let length = text.length - 1;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > most) length--;
  return `${text.slice(0, length)}…`;
}

/** The charts of a film: its loss, and what its model is judged by. */
export function chartsOf({ run }: Scene): readonly CurveInfo[] {
  const infos = curvesOfModel(run.description);
  return [...new Set([infos.find(({ better }) => better === "lower"), goalOf(infos)])].filter(
    (info) => info !== undefined,
  );
}

/** Paints the frames of a scene. What does not change from one to the next is worked out once. */
export function painterOf(
  scene: Scene,
  colour: Colour,
  layout: Layout,
): (context: CanvasRenderingContext2D, frame: Frame) => void {
  const infos = chartsOf(scene);
  const { width, height: whole } = SIZES[layout];
  const { fontFamily: family } = getComputedStyle(document.body);
  const height = infos.length > 1 ? 140 : 300;
  const charts = infos.map((info, i) => ({ info, y: TOP + i * (height + 26), curves: curvesFor(scene, info, height) }));
  return (context, frame) => {
    const brush: Brush = { context, colour, family };
    context.fillStyle = colour("--surface");
    context.fillRect(0, 0, width, whole);
    write(brush, scene.name, 16, 26, { size: 15, bold: true, of: "--text", most: width - 190 });
    const epoch = formatEpoch(frame.step / (scene.run.stepsPerEpoch || 1));
    write(brush, t("film.at", { step: frame.step, epoch }), width - 16, 26, { size: 13, align: "right" });
    for (const { info, y, curves } of charts) paintChart(brush, scene, info, curves, { y, height }, frame.step);
    context.save();
    if (layout === "tall") context.translate(-MIDDLE, BELOW);
    paintModel(brush, scene, frame);
    context.restore();
  };
}

function curvesFor({ run, curves }: Scene, info: CurveInfo, height: number) {
  const [train, validation] = [columnsOf(curves.train), columnsOf(curves.validation)];
  const source = { train, validation, marks: [], stepsPerEpoch: run.stepsPerEpoch };
  const look = { xUnit: "epoch", smoothing: 0.8, isLog: false, isFit: true, zoom: null } as const;
  return buildCurves(chartOf(info), source, { ...look, width: MIDDLE - 70, height }, new Float64Array(train.count));
}

function paintChart(
  brush: Brush,
  { run }: Scene,
  info: CurveInfo,
  curves: ReturnType<typeof curvesFor>,
  { y, height }: { readonly y: number; readonly height: number },
  step: number,
): void {
  const { context, colour } = brush;
  const area = { x: 58, y: y + 8, width: MIDDLE - 58 - 20, height: height - 28 };
  const { toX, toY } = placeOn(curves, area);
  write(brush, info.unit === "" ? info.title : `${info.title} (${info.unit})`, 16, y - 4, { bold: true });
  context.lineWidth = 1;
  curves.yAxis.ticks.forEach((tick, i) => {
    context.strokeStyle = colour("--grid");
    context.beginPath();
    context.moveTo(area.x, toY(tick));
    context.lineTo(area.x + area.width, toY(tick));
    context.stroke();
    write(brush, curves.yAxis.labels[i] ?? "", area.x - 6, toY(tick) + 4, { size: 10, of: "--text-3", align: "right" });
  });
  curves.xAxis.ticks.forEach((tick, i) => {
    write(brush, curves.xAxis.labels[i] ?? "", toX(tick), area.y + area.height + 14, {
      size: 10,
      of: "--text-3",
      align: "center",
    });
  });
  const line = (points: readonly CurvePoint[], of: string, width: number, dash: number[], alpha = 1): void => {
    context.save();
    context.beginPath();
    context.rect(area.x, area.y - 1, area.width, area.height + 2);
    context.clip();
    context.strokeStyle = colour(of);
    context.globalAlpha = alpha;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.beginPath();
    points.forEach((point, i) =>
      i > 0 ? context.lineTo(toX(point.x), toY(point.y)) : context.moveTo(toX(point.x), toY(point.y)),
    );
    context.stroke();
    context.restore();
  };
  line(curves.raw, "--train", 1, [], 0.3);
  line(curves.smooth, "--train", 1.8, []);
  line(curves.validation, "--validation", 1.8, [6, 4]);
  const at = toX(step / (run.stepsPerEpoch || 1));
  context.strokeStyle = colour("--text");
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(at, area.y - 3);
  context.lineTo(at, area.y + area.height);
  context.stroke();
}

/** The numbers of a metric up to a step; undefined before the first. */
export function valueAt({ curves }: Scene, info: CurveInfo, step: number): string | undefined {
  const log = curves.validation.from.length > 0 ? curves.validation : curves.train;
  const at = log.to.findLastIndex((to) => to <= step);
  return at < 0 ? undefined : formatCurve(info, log.columns[info.id]?.means[at]);
}

/** How many of the samples are right; undefined where the model tells no class. */
export const rightOf = (scene: Scene, { shown }: Frame): number | undefined =>
  readClassified({ first: 0, count: scene.count, columns: scene.columns, shown })?.verdicts.filter(
    ({ isRight }) => isRight,
  ).length;

function paintModel(brush: Brush, scene: Scene, frame: Frame): void {
  const { count, columns } = scene;
  const classified = readClassified({ first: 0, count, columns, shown: frame.shown });
  const made = Object.values(frame.shown).findLast(({ kind }) => kind === "image");
  if (classified) {
    const right = classified.verdicts.filter(({ isRight }) => isRight).length;
    write(brush, t("film.right", { right, count }), MIDDLE + 20, TOP - 4, { bold: true });
    if (frame.field) paintPlane(brush, scene, frame.field, classified);
    else if (classified.input.kind === "image") paintSamples(brush, classified);
    else paintConfusion(brush, classified, { x: MIDDLE + 20, y: TOP + 8, side: SIDE });
  } else if (made) paintImages(brush, made.data, made.shape);
  else paintPoints(brush, scene, frame);
}

function paintImage(
  { context }: Brush,
  values: Float32Array,
  shape: readonly number[],
  x: number,
  y: number,
  side: number,
): void {
  const [rows = 1, across = 1, channels = 1] = shape;
  const image = new OffscreenCanvas(across, rows);
  image.getContext("2d")?.putImageData(new ImageData(toPixels(values, channels), across, rows), 0, 0);
  context.imageSmoothingEnabled = across > side;
  context.drawImage(image, x, y, side, side);
}

/** Samples with what they are taken for, and below how often each class is taken for each. */
function paintSamples(brush: Brush, { verdicts, classNames, input }: Classified): void {
  const [across, side, step] = [6, 40, 52];
  for (const [i, { input: values, predicted, isRight }] of verdicts.slice(0, 3 * across).entries()) {
    const [x, y] = [MIDDLE + 20 + (i % across) * step, TOP + 6 + Math.floor(i / across) * 60];
    paintImage(brush, values, input.shape, x, y, side);
    const name = `${isRight ? "" : "× "}${classNames[predicted] ?? ""}`;
    write(brush, name, x + side / 2, y + side + 13, {
      size: 11,
      bold: !isRight,
      of: isRight ? "--good" : "--bad",
      align: "center",
      most: step - 2,
    });
  }
  paintConfusion(brush, { verdicts, classNames }, { x: MIDDLE + 20, y: TOP + 192, side: 140 });
}

function paintConfusion(
  brush: Brush,
  { verdicts, classNames }: Pick<Classified, "verdicts" | "classNames">,
  { x, y, side }: { readonly x: number; readonly y: number; readonly side: number },
): void {
  const { context, colour } = brush;
  const classes = classNames.length;
  const cell = side / classes;
  const counts = new Map<number, number>();
  const ofTrue = new Map<number, number>();
  for (const { label, predicted } of verdicts) {
    counts.set(label * classes + predicted, (counts.get(label * classes + predicted) ?? 0) + 1);
    ofTrue.set(label, (ofTrue.get(label) ?? 0) + 1);
  }
  context.strokeStyle = colour("--line-strong");
  context.lineWidth = 1;
  context.strokeRect(x - 0.5, y - 0.5, side + 1, side + 1);
  for (const [place, count] of counts) {
    const [row, column] = [Math.floor(place / classes), place % classes];
    context.globalAlpha = 0.15 + (0.85 * count) / (ofTrue.get(row) ?? 1);
    context.fillStyle = colour(row === column ? "--good" : "--bad");
    context.fillRect(x + column * cell, y + row * cell, Math.max(1, cell - 1), Math.max(1, cell - 1));
  }
  context.globalAlpha = 1;
  if (side < SIDE) {
    write(brush, t("film.confusion"), x + side + 14, y + 14, { bold: true, most: SIDE - side - 14 });
    write(brush, t("film.confusionRows"), x + side + 14, y + 32, { size: 11, most: SIDE - side - 14 });
    write(brush, t("film.confusionColumns"), x + side + 14, y + 48, { size: 11, most: SIDE - side - 14 });
  }
}

function paintPlane(
  { context, colour }: Brush,
  { reach }: Scene,
  field: Float32Array,
  { verdicts, classNames }: Classified,
): void {
  const [x, y] = [MIDDLE + 20, TOP + 8];
  const image = new OffscreenCanvas(RESOLUTION, RESOLUTION);
  image
    .getContext("2d")
    ?.putImageData(new ImageData(paintField(field, classNames.length), RESOLUTION, RESOLUTION), 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(image, x, y, SIDE, SIDE);
  const unit = SIDE / 2 / reach;
  for (const { input, label } of verdicts) {
    context.beginPath();
    context.arc(x + SIDE / 2 + (input[0] ?? 0) * unit, y + SIDE / 2 - (input[1] ?? 0) * unit, 3, 0, 2 * Math.PI);
    context.fillStyle = colourOf(label);
    context.fill();
    context.strokeStyle = colour("--surface");
    context.lineWidth = 1;
    context.stroke();
  }
}

function paintImages(brush: Brush, data: Float32Array, shape: readonly number[]): void {
  const size = sizeOf(shape);
  const [across, step] = [6, SIDE / 6];
  for (let i = 0; i < Math.min(across * across, data.length / size); i++) {
    const [x, y] = [MIDDLE + 20 + (i % across) * step, TOP + 8 + Math.floor(i / across) * step];
    paintImage(brush, data.subarray(i * size, (i + 1) * size), shape, x, y, step - 4);
  }
}

/** Numbers over their input or over the true ones, and made points over those of the data. */
function paintPoints(brush: Brush, { columns, count }: Scene, { shown }: Frame): void {
  const made = Object.values(shown).find(({ kind, shape }) => kind === "points" && shape.join() === "2");
  const truth = Object.values(columns).findLast(({ info }) => info.kind === "value");
  const told = Object.values(shown).find(({ kind, data }) => kind === "value" && data.length === count);
  const real = Object.values(columns).find(({ info }) => info.kind === "points" && info.shape.join() === "2");
  const halves = (values: ArrayLike<number>, at: number): number[] =>
    Array.from({ length: values.length >> 1 }, (_, i) => values[2 * i + at] ?? NaN);
  const input = truth && Object.values(columns).find((column) => column !== truth && column.values.length === count);
  const sets =
    made && real
      ? [pairsOf(halves(real.values, 0), halves(real.values, 1)), pairsOf(halves(made.data, 0), halves(made.data, 1))]
      : truth && told
        ? [pairsOf((input ?? truth).values, truth.values), pairsOf((input ?? truth).values, told.data)]
        : [];
  const all = sets.flat().filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b));
  if (all.length === 0) return;
  const spanOf = (values: readonly number[]) => ({ low: Math.min(...values), high: Math.max(...values) });
  const [over, up] = [spanOf((sets[0] ?? []).map(([a]) => a)), spanOf((sets[0] ?? []).map(([, b]) => b))];
  const place = (value: number, { low, high }: typeof over): number =>
    Math.max(0, Math.min(1, 0.05 + (0.9 * (value - low)) / (high - low || 1)));
  const { context, colour } = brush;
  sets.forEach((points, set) => {
    context.fillStyle = colour(set === 0 ? "--text-3" : "--accent");
    context.globalAlpha = set === 0 ? 0.5 : 0.9;
    for (const [a, b] of points) {
      context.beginPath();
      context.arc(MIDDLE + 20 + SIDE * place(a, over), TOP + 8 + SIDE * (1 - place(b, up)), 2.5, 0, 2 * Math.PI);
      context.fill();
    }
  });
  context.globalAlpha = 1;
  write(brush, t(made ? "film.madePoints" : "film.numbers", { count: formatCount(count) }), MIDDLE + 20, TOP - 4, {
    bold: true,
    most: SIDE,
  });
}
