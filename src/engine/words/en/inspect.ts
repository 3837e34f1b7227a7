/** English: the ways to look into a model, beside its answers to test samples. */

/** Values are written already. */
type Texts<K extends string> = Readonly<Record<K, string>>;

/** The tabs of the results that look into a model. */
export const inspect = {
  drawTab: "Draw",
  pad: "Drawing pad",
  drawHere: "Draw here",
  drawHint:
    "Draw anywhere, as large as you like: it is centred and brought to size as the training images were. By keyboard: arrow keys move the pen, with Shift further, Space puts it down and lifts it, Delete clears.",
  penDown: "Pen down",
  penUp: "Pen up",
  pen: "Pen",
  thinPen: "Thin",
  mediumPen: "Medium",
  thickPen: "Thick",
  undo: "Undo the last stroke",
  clear: "Clear the pad",
  fromTest: "Start from a test image",
  seen: ({ height, width }: Readonly<Record<"height" | "width", number>>) => `What the model sees: ${height}×${width}`,
  answer: "What the model takes it for",
  blankPad: "The pad is blank, so there is nothing to read.",
  noAnswer: "The model reads it as soon as it is ready.",
  notFinite: "The model's weights are no longer finite, so it can read nothing.",
  next: ({ name, value }: Texts<"name" | "value">) => `${name} (${value})`,
  takenFor: ({ name, value, next }: Texts<"name" | "value"> & { readonly next: readonly string[] }) =>
    `It reads ${name}, ${value} sure.${next.length > 0 ? ` Then ${next.join(" and ")}.` : ""}`,
  scoredAs: ({ name, value, next }: Texts<"name" | "value"> & { readonly next: readonly string[] }) =>
    `It scores ${name} highest: ${value}.${next.length > 0 ? ` Then ${next.join(" and ")}.` : ""}`,
};
