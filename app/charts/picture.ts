/** A chart as a picture that can be understood alone: title, legend, plot and axes with their names, on the page's
 *  colours, twice as sharp as the screen. */

/** How a line is drawn; a band is as wide and as faint as the one in the plot. */
interface PictureLine {
  readonly name: string;
  readonly color: string;
  readonly style: "solid" | "dashed" | "band";
}

/** What is written around the plot. */
export interface PictureText {
  readonly title: string;
  /** Each line of the chart, by the name of its colour in the style sheets. */
  readonly legend: readonly PictureLine[];
  readonly xTitle: string;
}

const SCALE = 2;
const HEAD = 58;
const FOOT = 22;
const MARGIN = 12;
const SVG = "http://www.w3.org/2000/svg";

// An image stands outside the page and its style sheets: what it looks like must be written into it.
const DRAWN = [
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "fill",
  "fill-opacity",
  "font-size",
  "font-family",
  "text-anchor",
  "paint-order",
  "stroke-linejoin",
];

/** A colour as every reader of SVG knows it: newer spaces are painted, and read back. */
function known(value: string): string {
  if (!/^(oklch|oklab|lab|lch|color)\(/.test(value)) return value;
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return value;
  context.fillStyle = value;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}

function inlineStyles(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  for (const name of DRAWN) to.setAttribute(name, known(style.getPropertyValue(name)));
  to.removeAttribute("style");
  [...from.children].forEach((child, i) => {
    const copy = to.children[i];
    if (copy) inlineStyles(child, copy);
  });
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, text = ""): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}

/** The whole picture as SVG. @param body what the chart stands in, whose font and colours it has */
function compose(plot: SVGSVGElement, body: HTMLElement, { title, legend, xTitle }: PictureText): SVGSVGElement {
  const { width: plotWidth, height: plotHeight } = plot.getBoundingClientRect();
  const [width, height] = [plotWidth + 2 * MARGIN, plotHeight + HEAD + FOOT];
  const style = getComputedStyle(body);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("xmlns", SVG);
  for (const [key, value] of Object.entries({ width, height, "font-family": style.fontFamily })) {
    picture.setAttribute(key, String(value));
  }
  const small = { "font-size": 12, fill: color("--text-2") };
  picture.append(
    element("rect", { width, height, fill: color("--surface") }),
    element("text", { x: MARGIN + 8, y: 24, "font-size": 15, "font-weight": 600, fill: color("--text") }, title),
  );
  let x = MARGIN + 8;
  for (const { name, color: stroke, style: look } of legend) {
    const band = look === "band" ? { "stroke-width": 10, "stroke-opacity": 0.2 } : { "stroke-width": 2 };
    const line = { x1: x, x2: x + 20, y1: 42, y2: 42, stroke: color(stroke), ...band };
    picture.append(
      element("line", { ...line, "stroke-dasharray": look === "dashed" ? "5 3" : "none" }),
      element("text", { ...small, x: x + 26, y: 46 }, name),
    );
    // Room for the widest of the usual letters.
    x += 26 + name.length * 7 + 18;
  }
  const copy = plot.cloneNode(true);
  if (!(copy instanceof SVGSVGElement)) throw new Error("Chart: expected an SVG element to copy.");
  inlineStyles(plot, copy);
  for (const [key, value] of Object.entries({ x: MARGIN, y: HEAD, width: plotWidth, height: plotHeight })) {
    copy.setAttribute(key, String(value));
  }
  const end = { x: width - MARGIN - 14, y: height - 8, "text-anchor": "end" };
  picture.append(copy, element("text", { ...small, ...end }, xTitle));
  return picture;
}

/** A picture of a chart, as it is on the screen. @param plot its drawing  @param body what it stands in */
export const toPng = (plot: SVGSVGElement, body: HTMLElement, text: PictureText): Promise<Blob> =>
  toImage(compose(plot, body, text));

/** A drawing that needs nothing of the page, on its surface. Its attributes `width` and `height` say how large it is. */
export function standalone(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true);
  if (!(copy instanceof SVGSVGElement)) throw new Error("Picture: expected an SVG element to copy.");
  inlineStyles(svg, copy);
  const style = getComputedStyle(svg);
  copy.setAttribute("xmlns", SVG);
  const [width, height] = [svg.getAttribute("width") ?? 0, svg.getAttribute("height") ?? 0];
  copy.prepend(element("rect", { width, height, fill: style.getPropertyValue("--surface").trim() }));
  return copy;
}

/** A drawing as a file. */
export const toBlob = (picture: SVGSVGElement): Blob =>
  new Blob([new XMLSerializer().serializeToString(picture)], { type: "image/svg+xml" });

/** A drawing as PNG, twice as sharp as its size. */
export async function toImage(picture: SVGSVGElement): Promise<Blob> {
  const [width, height] = [Number(picture.getAttribute("width")), Number(picture.getAttribute("height"))];
  const url = URL.createObjectURL(toBlob(picture));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(width * SCALE), Math.round(height * SCALE)];
    const context = canvas.getContext("2d");
    if (!context) throw new Error("Chart: expected the browser to give a 2D canvas.");
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("Chart: the picture could not be made."))));
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
