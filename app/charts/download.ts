/** Files made in the page and handed to the visitor: the curves as CSV, a chart as PNG. Nothing is sent anywhere. */
import type { CurveSource } from "./curves";

/** All logged steps and validations as CSV, in the order they happened. */
export function toCsv({ train, validations }: CurveSource): string {
  const rows: { readonly step: number; readonly text: string }[] = [];
  for (let i = 0; i < train.count; i++) {
    const fields = [
      train.steps[i]!,
      train.epochs[i]!,
      Math.round(train.times[i]!),
      train.losses[i]!,
      train.accuracies[i]!,
    ];
    rows.push({ step: train.steps[i]!, text: `train,${fields.join(",")}` });
  }
  for (const { step, epoch, elapsedMs, loss, accuracy } of validations) {
    rows.push({ step, text: `validation,${[step, epoch, Math.round(elapsedMs), loss, accuracy].join(",")}` });
  }
  // A stable sort: a validation follows the step it was made after.
  rows.sort((a, b) => a.step - b.step);
  return ["split,step,epoch,elapsed_ms,loss,accuracy", ...rows.map(({ text }) => text)].join("\n").concat("\n");
}

/** Offers a file. */
export function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after this task.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

// An image stands outside the page and its style sheets: what it looks like must be written into it.
const DRAWN = [
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "fill",
  "font-size",
  "font-family",
  "text-anchor",
  "paint-order",
  "stroke-linejoin",
];

function inlineStyles(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  for (const name of DRAWN) to.setAttribute(name, style.getPropertyValue(name));
  [...from.children].forEach((child, i) => {
    const copy = to.children[i];
    if (copy) inlineStyles(child, copy);
  });
}

const PNG_SCALE = 2;

/** A picture of a chart, as it is on the screen, twice as sharp. */
export async function toPng(svg: SVGSVGElement, background: string): Promise<Blob> {
  const { width, height } = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true);
  if (!(copy instanceof SVGSVGElement)) throw new Error("Chart: expected an SVG element to copy.");
  inlineStyles(svg, copy);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const source = new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
  const url = URL.createObjectURL(source);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(width * PNG_SCALE), Math.round(height * PNG_SCALE)];
    const context = canvas.getContext("2d");
    if (!context) throw new Error("Chart: expected the browser to give a 2D canvas.");
    context.fillStyle = background;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("Chart: the picture could not be made."))));
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
