/** How the page looks: which part is in front, how wide the parts are, and how charts are drawn. All but the first is
 *  remembered between visits; nothing here is undone. */
import * as v from "valibot";
import { create } from "zustand";
import { readStored, writeStored } from "./storage";

/** The parts of the page; a small screen shows one at a time. */
export type Part = "model" | "training" | "charts" | "results";

/** The id of the element that holds a part. */
export const partElementId = (part: Part): string => `part-${part}`;

/** The parts that share the column beside the stage, where there is room for a stage. */
export type ColumnPart = "model" | "training";

/** What the horizontal axis of the charts counts. */
export type XUnit = "step" | "epoch" | "samples" | "time";

/** What the results show: `predictions`, `numbers`, `profile`, or an inspection by its id. One that a model has no use for stands for
 *  the first. */
export type ResultsView = string;

/** What a visitor has chosen and would expect to find again. */
export interface Preferences {
  /** Weight of the past in the smoothed line, 0 to 0.99. */
  readonly smoothing: number;
  readonly xUnit: XUnit;
  /** Ids of charts with a logarithmic vertical axis. */
  readonly logCharts: readonly string[];
  /** Ids of charts whose vertical axis fits most values, and lets outliers run out of the picture. */
  readonly fitCharts: readonly string[];
  /** Ids of charts that are not as they would be without a choice: seen, or put away. */
  readonly otherCharts: readonly string[];
  readonly isTryListOpen: boolean;
  /** CPU threads to train on; null for as many as the machine has. */
  readonly threads: number | null;
  readonly resultsView: ResultsView;
  /** Whether the palette shows badges alone; null as long as the width of the window decides. */
  readonly isPaletteFolded: boolean | null;
  readonly isColumnFolded: boolean;
  /** Pixels; null for the usual width. */
  readonly columnWidth: number | null;
  /** Per cent of the stage's height; null for the usual share. */
  readonly curvesShare: number | null;
}

interface UiState extends Preferences {
  readonly part: Part;
  readonly columnPart: ColumnPart;
}

/** What a first visit has. */
export const initialPreferences: Preferences = {
  smoothing: 0.6,
  xUnit: "step",
  logCharts: [],
  fitCharts: [],
  otherCharts: [],
  isTryListOpen: true,
  threads: null,
  resultsView: "predictions",
  isPaletteFolded: null,
  isColumnFolded: false,
  columnWidth: null,
  curvesShare: null,
};

const preferencesSchema = v.object({
  smoothing: v.fallback(v.pipe(v.number(), v.minValue(0), v.maxValue(0.99)), initialPreferences.smoothing),
  xUnit: v.fallback(v.picklist(["step", "epoch", "samples", "time"]), initialPreferences.xUnit),
  logCharts: v.fallback(v.array(v.string()), [...initialPreferences.logCharts]),
  fitCharts: v.fallback(v.array(v.string()), [...initialPreferences.fitCharts]),
  otherCharts: v.fallback(v.array(v.string()), [...initialPreferences.otherCharts]),
  isTryListOpen: v.fallback(v.boolean(), initialPreferences.isTryListOpen),
  threads: v.fallback(
    v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64))),
    initialPreferences.threads,
  ),
  resultsView: v.fallback(v.pipe(v.string(), v.maxLength(40)), initialPreferences.resultsView),
  isPaletteFolded: v.fallback(v.nullable(v.boolean()), initialPreferences.isPaletteFolded),
  isColumnFolded: v.fallback(v.boolean(), initialPreferences.isColumnFolded),
  columnWidth: v.fallback(
    v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(10_000))),
    initialPreferences.columnWidth,
  ),
  curvesShare: v.fallback(
    v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(100))),
    initialPreferences.curvesShare,
  ),
});

/** Reads stored preferences; whatever is not valid takes its default. */
export function readPreferences(value: unknown): Preferences {
  const result = v.safeParse(preferencesSchema, value);
  return result.success ? result.output : initialPreferences;
}

const STORAGE_KEY = "descent.ui";

function loadPreferences(): Preferences {
  try {
    return readPreferences(JSON.parse(readStored(STORAGE_KEY) ?? "{}"));
  } catch {
    return initialPreferences;
  }
}

export const useUi = create<UiState>()(() => ({
  ...loadPreferences(),
  part: "model",
  columnPart: "model",
}));

useUi.subscribe((state) => writeStored(STORAGE_KEY, JSON.stringify(readPreferences(state))));

/** Brings a part to the front, where it shares its place with others. */
export function showPart(part: Part): void {
  const isOfColumn = part === "model" || part === "training";
  useUi.setState({ part, ...(isOfColumn && { columnPart: part, isColumnFolded: false }) });
}
/** Changes what is remembered. */
export const setPreferences = (patch: Partial<Preferences>): void => useUi.setState(patch);

/** Turns one way of drawing a chart on or off, or has it drawn or not. */
export function toggleChart(way: "logCharts" | "fitCharts" | "otherCharts", chart: string): void {
  const charts = useUi.getState()[way];
  setPreferences({ [way]: charts.includes(chart) ? charts.filter((id) => id !== chart) : [...charts, chart] });
}

/** Something that has just happened, for those who hear the page. */
export const useAnnouncement = create<{ readonly text: string }>()(() => ({ text: "" }));
/** Says it. */
export const announce = (text: string): void => useAnnouncement.setState({ text });

export const takePart = ({ part }: UiState): Part => part;
export const takeColumnPart = ({ columnPart }: UiState): ColumnPart => columnPart;
export const takeIsPaletteFolded = ({ isPaletteFolded }: UiState): boolean | null => isPaletteFolded;
export const takeIsColumnFolded = ({ isColumnFolded }: UiState): boolean => isColumnFolded;
export const takeColumnWidth = ({ columnWidth }: UiState): number | null => columnWidth;
export const takeCurvesShare = ({ curvesShare }: UiState): number | null => curvesShare;
export const takeSmoothing = ({ smoothing }: UiState): number => smoothing;
export const takeXUnit = ({ xUnit }: UiState): XUnit => xUnit;
export const takeLogCharts = ({ logCharts }: UiState): readonly string[] => logCharts;
export const takeFitCharts = ({ fitCharts }: UiState): readonly string[] => fitCharts;
export const takeOtherCharts = ({ otherCharts }: UiState): readonly string[] => otherCharts;
export const takeIsTryListOpen = ({ isTryListOpen }: UiState): boolean => isTryListOpen;
export const takeResultsView = ({ resultsView }: UiState): ResultsView => resultsView;
