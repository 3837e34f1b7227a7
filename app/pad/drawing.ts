/** The drawing: what is on the pad, and how to take it back. It stays while other views are looked at; nothing is kept beyond
 *  the visit. */
import { create } from "zustand";
import { blankInk, drawLine, inkOf, type Ink, type Mark, type Placed, type Spot } from "./ink";

/** How thick the pen is, as the radius of its tip in pixels of the pad. */
export const PENS = { thin: 8, medium: 12, thick: 17 } as const;

export type Pen = keyof typeof PENS;

/** How many changes can be taken back. */
const UNDO_LIMIT = 100;

interface Drawing {
  readonly marks: readonly Mark[];
  /** What was on the pad before each change, the latest last. */
  readonly past: readonly (readonly Mark[])[];
  readonly pen: Pen;
  /** Whether a stroke is being drawn. */
  readonly isPenDown: boolean;
  /** Whether views that follow one image follow the drawing, where there is one, and not a sample. */
  readonly isFollowed: boolean;
  /** The ink on the pad, which changes in place: another sheet at every change. */
  readonly sheet: Sheet;
}

export interface Sheet {
  readonly ink: Ink;
}

const blank: readonly Mark[] = [];

export const useDrawing = create<Drawing>()(() => ({
  marks: blank,
  past: [],
  pen: "medium",
  isPenDown: false,
  isFollowed: false,
  sheet: { ink: blankInk() },
}));

export const choosePen = (pen: Pen): void => useDrawing.setState({ pen });

export const followDrawing = (isFollowed: boolean): void => useDrawing.setState({ isFollowed });

/** Puts something else on the pad, as one step to take back. */
function change(marks: readonly Mark[]): void {
  useDrawing.setState(({ marks: before, past }) => ({
    marks,
    past: [...past.slice(1 - UNDO_LIMIT), before],
    sheet: { ink: inkOf(marks) },
  }));
}

/** Puts the pen down. */
export function startStroke(spot: Spot): void {
  const { marks, past, pen, sheet } = useDrawing.getState();
  const radius = PENS[pen];
  const { ink } = sheet;
  drawLine(ink, spot, spot, radius);
  useDrawing.setState({
    marks: [...marks, { kind: "stroke", radius, spots: [spot] }],
    past: [...past.slice(1 - UNDO_LIMIT), marks],
    isPenDown: true,
    sheet: { ink },
  });
}

/** Draws on to other places, where the pen is down. */
export function drawOn(spots: readonly Spot[]): void {
  const {
    marks,
    isPenDown,
    sheet: { ink },
  } = useDrawing.getState();
  const stroke = marks.at(-1);
  if (!isPenDown || stroke?.kind !== "stroke" || spots.length === 0) return;
  const all = [...stroke.spots, ...spots];
  for (let i = stroke.spots.length; i < all.length; i++) {
    const [from, to] = [all[i - 1], all[i]];
    if (from && to) drawLine(ink, from, to, stroke.radius);
  }
  useDrawing.setState({ marks: [...marks.slice(0, -1), { ...stroke, spots: all }], sheet: { ink } });
}

/** Lifts the pen. */
export const endStroke = (): void => useDrawing.setState({ isPenDown: false });

/** Wipes the pad, which can be taken back too. */
export function clearPad(): void {
  endStroke();
  if (useDrawing.getState().marks.length > 0) change(blank);
}

/** An image in the place of whatever is there. */
export function placeOnPad(image: Omit<Placed, "kind">): void {
  endStroke();
  change([{ kind: "image", ...image }]);
}

/** Takes the last change back. */
export function undoDrawing(): void {
  const { past } = useDrawing.getState();
  const marks = past.at(-1);
  if (!marks) return;
  useDrawing.setState({ marks, past: past.slice(0, -1), isPenDown: false, sheet: { ink: inkOf(marks) } });
}
