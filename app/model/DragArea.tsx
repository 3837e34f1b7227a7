/** Dragging, by mouse, touch and keyboard: from the palette into the model, and within the model. One drop is one edit. */
import {
  closestCenter,
  DndContext,
  DragOverlay,
  KeyboardSensor,
  MouseSensor,
  TouchSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import type { Active, Announcements, CollisionDetection, DragEndEvent, DragMoveEvent, Over } from "@dnd-kit/core";
import { sortableKeyboardCoordinates } from "@dnd-kit/sortable";
import type { ReactNode } from "react";
import { useEffect } from "react";
import type { Place } from "../../src/engine";
import { defOf, findBlock } from "../../src/engine";
import { useModel } from "../store/model";
import { addBlock, moveBlockTo } from "./actions";
import { CARD_ATTRIBUTE } from "./cardFocus";
import type { Dragged } from "./drag";
import { takeDragged, useDrag } from "./drag";
import { gapAt, indexAfterMove, isSamePlace, readBranchId, readStack, STACK_ATTRIBUTE } from "./dropTarget";
import { isKnownType, isSameStack, mayHold, networkOf, placeOf } from "./edit";
import { LayerBadge } from "./LayerBadge";
import { t } from "../common/words";
import classes from "./DragArea.module.css";

/** The id of the element that holds the whole model. */
export const STACK_ID = "stack";

const model = () => useModel.getState().description;

function readDragged({ id, data }: Active): Dragged | null {
  const type: unknown = data.current?.["type"];
  if (typeof type !== "string" || !isKnownType(type)) return null;
  return data.current?.["kind"] === "new" ? { kind: "new", type } : { kind: "block", id: String(id), type };
}

/** Where the pointer was last seen. The library tells it only once it has drawn what is dragged, and a quick hand lets go
 *  before that. */
let pointer = { x: 0, y: 0 };

function followPointer(): () => void {
  const onPointer = ({ clientX, clientY }: PointerEvent): void => {
    pointer = { x: clientX, y: clientY };
  };
  const onTouch = ({ touches: [touch] }: TouchEvent): void => {
    if (touch) pointer = { x: touch.clientX, y: touch.clientY };
  };
  addEventListener("pointermove", onPointer, { capture: true, passive: true });
  addEventListener("pointerup", onPointer, { capture: true, passive: true });
  addEventListener("touchmove", onTouch, { capture: true, passive: true });
  return () => {
    removeEventListener("pointermove", onPointer, { capture: true });
    removeEventListener("pointerup", onPointer, { capture: true });
    removeEventListener("touchmove", onTouch, { capture: true });
  };
}

/** The innermost stack on the page under a point, or below or above it in the model's area, but for those in a card. */
function stackAt({ x, y }: { readonly x: number; readonly y: number }, without: string | null): Element | null {
  const own =
    without === null ? null : document.querySelector(`[${CARD_ATTRIBUTE}="${CSS.escape(without)}"]`)?.closest("li");
  const stacks = [...document.querySelectorAll(`[${STACK_ATTRIBUTE}]`)].filter((stack) => !own?.contains(stack));
  const inside = stacks.filter((stack) => {
    const { left, right, top, bottom } = stack.getBoundingClientRect();
    return x >= left && x <= right && y >= top && y <= bottom;
  });
  // Stacks come in the order of the page, so the last one that holds the point is the innermost.
  return inside.at(-1) ?? stacks[0] ?? null;
}

/** The cards of a stack, without those in them. */
const cardsOf = (stack: Element): Element[] =>
  [...stack.children].flatMap((item) => {
    const card = item.querySelector(`[${CARD_ATTRIBUTE}]`);
    return card ? [card.closest("li") ?? card] : [];
  });

function pointerGap(dragged: Dragged): Place | null {
  const { x, y } = pointer;
  // What is let go beside the model, or over a bar that covers a part of it, is not wanted there.
  if (!document.getElementById(STACK_ID)?.contains(document.elementFromPoint(x, y))) return null;
  const element = stackAt(pointer, dragged.kind === "block" ? dragged.id : null);
  const stack = element && readStack(element);
  if (!stack) return null;
  const index = gapAt(
    cardsOf(element).map((card) => card.getBoundingClientRect()),
    y,
  );
  return { ...stack, index };
}

/** Where the keyboard's drag would land: in the place of the card that it is over, or in the empty branch. */
function keyboardGap(dragged: Dragged, over: Over | null): Place | null {
  if (dragged.kind === "new" || !over) return null;
  const branch = readBranchId(String(over.id));
  if (branch) return { network: networkOf(model(), dragged.id), parent: branch, index: 0 };
  const [from, to] = [placeOf(model(), dragged.id)?.place, placeOf(model(), String(over.id))?.place];
  if (!from || !to) return null;
  return isSameStack(from, to) && to.index > from.index ? { ...to, index: to.index + 1 } : to;
}

function meaningfulGap(dragged: Dragged, gap: Place | null): Place | null {
  if (gap === null || dragged.kind === "new") return gap;
  const found = findBlock(model(), dragged.id);
  if (!found || !mayHold(model(), gap, found.block)) return null;
  return isSameStack(found.place, gap) && isSamePlace(found.place.index, gap.index) ? null : gap;
}

const gapOf = (dragged: Dragged, activator: Event, over: Over | null): Place | null =>
  meaningfulGap(dragged, activator instanceof KeyboardEvent ? keyboardGap(dragged, over) : pointerGap(dragged));

function follow({ active, activatorEvent, over }: DragMoveEvent): void {
  const dragged = readDragged(active);
  if (dragged) useDrag.setState({ dragged, gap: gapOf(dragged, activatorEvent, over) });
}

function drop({ active, activatorEvent, over }: DragEndEvent): void {
  const dragged = readDragged(active);
  useDrag.setState({ dragged: null, gap: null });
  const gap = dragged && gapOf(dragged, activatorEvent, over);
  if (!dragged || gap === null) return;
  if (dragged.kind === "new") addBlock(dragged.type, gap);
  else moveBlockTo(dragged.id, placeAfterMove(dragged.id, gap));
}

/** A gap as the place that a block has once it was taken out of its own. */
function placeAfterMove(id: string, gap: Place): Place {
  const from = placeOf(model(), id)?.place;
  return from && isSameStack(from, gap) ? { ...gap, index: indexAfterMove(from.index, gap.index) } : gap;
}

/** The main button alone drags: the middle one scrolls, and the right one opens a menu. */
class MainButtonSensor extends MouseSensor {
  static override activators: typeof MouseSensor.activators = [
    { eventName: "onMouseDown", handler: ({ nativeEvent: { button } }) => button === 0 },
  ];
}

/** Puts back what is dragged when something else begins before it is let go: the window loses the focus, another button or
 *  finger is pressed, or the mouse while the keyboard drags. */
function watchForOtherDoings(): () => void {
  const putBack = (): void => {
    // The library's only way to end a drag from outside is the key that does.
    if (useDrag.getState().dragged) document.dispatchEvent(new KeyboardEvent("keydown", { code: "Escape" }));
  };
  addEventListener("blur", putBack);
  const presses = ["pointerdown", "mousedown"] as const;
  for (const press of presses) addEventListener(press, putBack, { capture: true });
  return () => {
    removeEventListener("blur", putBack);
    for (const press of presses) removeEventListener(press, putBack, { capture: true });
  };
}

// The pointer needs no collisions: see `pointerGap`.
const detectForKeyboard: CollisionDetection = (args) => (args.pointerCoordinates ? [] : closestCenter(args));

const announcements: Announcements = {
  onDragStart: ({ active }) => {
    const type = readDragged(active)?.type;
    return type === undefined ? t("edited.pickedUpLayer") : t("edited.pickedUp", { type });
  },
  onDragOver: ({ over }) => {
    const found = over && placeOf(model(), String(over.id));
    if (found) return t("edited.atPlace", { place: found.place.index + 1, of: found.of });
    return over && readBranchId(String(over.id)) ? t("edited.inEmptyBranch") : undefined;
  },
  onDragEnd: () => t("edited.dropped"),
  onDragCancel: () => t("edited.putBack"),
};

const screenReaderInstructions = () => ({ draggable: t("edited.dragHelp") });

/** What is dragged does not hide what is under the pointer. */
const LET_THROUGH = { pointerEvents: "none" } as const;

export function DragArea({ children }: { readonly children: ReactNode }) {
  const sensors = useSensors(
    useSensor(MainButtonSensor, { activationConstraint: { distance: 5 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 150, tolerance: 8 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  useEffect(followPointer, []);
  useEffect(watchForOtherDoings, []);
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={detectForKeyboard}
      accessibility={{ announcements, screenReaderInstructions: screenReaderInstructions() }}
      onDragStart={({ active }) => useDrag.setState({ dragged: readDragged(active), gap: null })}
      onDragMove={follow}
      onDragOver={follow}
      onDragEnd={drop}
      onDragCancel={() => useDrag.setState({ dragged: null, gap: null })}
    >
      {children}
      <DragOverlay dropAnimation={null} zIndex={400} style={LET_THROUGH}>
        <DragPreview />
      </DragOverlay>
    </DndContext>
  );
}

function DragPreview() {
  const dragged = useDrag(takeDragged);
  if (!dragged) return null;
  const { badge, category } = defOf(dragged.type);
  return (
    <div className={classes.preview}>
      <LayerBadge badge={badge} category={category} />
      {dragged.type}
    </div>
  );
}
