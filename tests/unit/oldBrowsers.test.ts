// The oldest browsers that the README names are those that the build is made for, and the page's style sheets ask nothing of them
// that came later. Versions by caniuse.com and MDN's compatibility tables.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/support/paths";

type Browsers = Readonly<Record<"chrome" | "firefox" | "safari", number>>;

/** A feature, how it shows, and the first versions that have it. */
type Feature = readonly [name: string, text: RegExp, first: Browsers];

const since = (chrome: number, firefox: number, safari: number): Browsers => ({ chrome, firefox, safari });
const NEVER = Infinity;

const features: readonly Feature[] = [
  [":has()", /:has\(/, since(105, 121, 15.4)],
  ["nested rules", /&/, since(112, 117, 16.5)],
  ["container queries", /@container(?! *style)/, since(105, 110, 16)],
  ["style queries", /@container[^{]*style\(/, since(111, NEVER, 18)],
  ["units of containers", /\dcq[whib]/, since(105, 110, 16)],
  ["units of changing viewports", /\d[dsl]v[hwbi]\b/, since(108, 101, 15.4)],
  ["lines as a unit", /\dr?lh\b/, since(111, 120, 16.4)],
  ["color-mix()", /color-mix\(/, since(111, 113, 16.2)],
  ["oklch()", /oklch\(/, since(111, 113, 15.4)],
  ["relative colours", /\b(?:rgb|hsl|oklch|oklab|lch|lab|color)\(from /, since(119, 128, 16.4)],
  ["light-dark()", /light-dark\(/, since(123, 120, 17.5)],
  ["balanced text", /text-wrap(?:-style)?: *balance/, since(114, 121, 17.5)],
  ["fields as large as their text", /field-sizing/, since(123, NEVER, 26.2)],
  ["@starting-style", /@starting-style/, since(117, 129, 17.5)],
  ["transitions of what is not there", /transition-behavior|allow-discrete/, since(117, 129, 17.4)],
  ["sizes that are interpolated", /interpolate-size|calc-size\(/, since(129, NEVER, NEVER)],
  ["@scope", /@scope/, since(118, 146, 17.4)],
  ["@property", /@property/, since(85, 128, 16.4)],
  ["subgrids", /subgrid/, since(117, 71, 16)],
  ["places by anchors", /anchor(?:-name|-size|\()|position-(?:area|try)/, since(125, 147, 26)],
  ["view transitions", /view-transition/, since(111, 144, 18)],
  ["animations by scrolling", /animation-timeline|(?:scroll|view)-timeline/, since(115, NEVER, 26)],
  ["easing by points", /\blinear\(/, since(113, 112, 17.2)],
  ["rounding", /\b(?:round|mod|rem)\(/, since(125, 118, 15.4)],
  ["backdrop-filter", /(?<!-)backdrop-filter/, since(76, 103, 18)],
  ["masks", /(?<![-\w])mask(?:-image)?:/, since(120, 53, 15.4)],
  ["scrollbar-gutter", /scrollbar-gutter/, since(94, 97, 18.2)],
  ["zoom", /(?<![-\w])zoom:/, since(1, 126, 3.1)],
  [":user-valid", /:user-(?:in)?valid/, since(119, 88, 16.5)],
];
// Left out are `text-wrap: pretty`, `scrollbar-width` and `scrollbar-color`: who does not know them loses nothing but looks; and
// `content-visibility`, without which long lists take longer to draw.

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const named = /Chrome (\d+), Firefox (\d+) and Safari (\d+) are the oldest that open the page/.exec(read("README.md"));
const [chrome = NaN, firefox = NaN, safari = NaN] = (named ?? []).slice(1).map(Number);
const oldest: Browsers = { chrome, firefox, safari };

const tooYoung = features.filter(([, , first]) => {
  return first.chrome > oldest.chrome || first.firefox > oldest.firefox || first.safari > oldest.safari;
});

/** What of a style sheet the oldest browsers do not know. */
function unknownIn(css: string): string[] {
  const rules = css.replaceAll(/\/\*.*?\*\//gs, "");
  return tooYoung.filter(([, text]) => text.test(rules)).map(([name]) => name);
}

describe("the oldest browsers", () => {
  it("are those that the build is made for", () => {
    expect(named).not.toBeNull();
    const target = ["chrome", "edge", "firefox", "safari"].map((name) => {
      return `"${name}${name === "edge" ? oldest.chrome : oldest[name as keyof Browsers]}"`;
    });
    expect(read("vite.config.ts")).toContain(`target: [${target.join(", ")}]`);
  });

  it("know all that style sheets ask for", () => {
    const sheets = readdirSync(join(root, "app"), { encoding: "utf8", recursive: true }).filter((path) =>
      path.endsWith(".css"),
    );
    expect(sheets.length).toBeGreaterThan(30);
    // And those of the components that the page takes from others.
    const theirs = [...read("app/styles/mantine.ts").matchAll(/"(@mantine[^"]+\.css)"/g)].map(([, path]) => path ?? "");
    expect(theirs.length).toBeGreaterThan(10);
    const paths = [...sheets.map((path) => `app/${path}`), ...theirs.map((path) => `node_modules/${path}`)];
    const unknown = paths.flatMap((path) => unknownIn(read(path)).map((feature) => `${path}: ${feature}`));
    expect(unknown).toEqual([]);
  });

  it("do not know others", () => {
    expect(unknownIn("@scope (a) { b { color: light-dark(red, blue); } }")).toEqual(["light-dark()", "@scope"]);
    expect(unknownIn("/* @scope */ .a { min-height: 100dvh; color: oklch(0.5 0 0); }")).toEqual([]);
  });
});
