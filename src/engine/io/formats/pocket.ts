/** The pocket model: one page that works offline, with the weights, a plain forward pass, and a place to draw or type. */
import { strToU8 } from "fflate";
import { say } from "../../words/said";
import type { ExportedModel, ExportedNetwork } from "../exported";
import { classesOf, columnGiven, columnRead } from "../notes";
import pageText from "../pocket/page.html?raw";
import { lowerNetwork } from "../portable/lower";
import type { Program } from "../portable/program";
import { makeRuntime } from "../portable/runtime";
import { type ExportFormat, numbersIn, stemOf, withoutSteps } from "./format";

/** Larger ones make pages that browsers are slow to open. */
const MAX_NUMBERS = 8_000_000;

/** The networks that follow each other: from what makes samples out of noise, or else from the data. */
function chainOf({ networks }: ExportedModel): readonly ExportedNetwork[] {
  const chain: ExportedNetwork[] = networks.filter(({ reads }) => reads === "noise").slice(0, 1);
  if (chain.length === 0) chain.push(...networks.slice(0, 1));
  for (;;) {
    const last = chain.at(-1)?.name;
    const next = networks.find(
      ({ reads }) => typeof reads === "object" && "network" in reads && reads.network === last,
    );
    if (!next || chain.includes(next)) return chain;
    chain.push(next);
  }
}

/** What is typed or drawn. */
function inputOf(model: ExportedModel, network: ExportedNetwork) {
  const column = columnRead(model, network);
  const { input } = network;
  if (!column) return { kind: "noise", shape: input.shape };
  const names = column.names ?? null;
  // What tells a class reads texts from their beginning, what goes on with them from their end.
  const isSorted = Object.values(model.data.columns).some(({ kind }) => kind === "class");
  const { kind, areWords = false, padding = 0, end = null } = column;
  return kind === "text"
    ? { kind, shape: input.shape, vocabulary: names, areWords, isSorted, padding, end }
    : { kind: column.kind, shape: input.shape, names, cells: column.cells ?? null };
}

/** Text that is safe within a script. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Bytes as text of 64 letters, a piece at a time, since there are limits on arguments. */
function base64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x6000) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 0x6000))));
  }
  return pieces.join("");
}

/** The page. */
function pocketPage(model: ExportedModel): string {
  const chain = chainOf(model);
  const programs = chain.map((network) => lowerNetwork(network));
  // Each network's weights under names of their own.
  const keyed = programs.map((program, k) => renamed(program, `${k}:`));
  const arrays = keyed.flatMap(({ weights }) => Object.entries(weights));
  const total = arrays.reduce((sum, [, { data }]) => sum + data.length, 0);
  const all = new Float32Array(total);
  let at = 0;
  for (const [, { data }] of arrays) {
    all.set(data, at);
    at += data.length;
  }
  const [first, last] = [chain[0], chain.at(-1)];
  const about = {
    chain: keyed.map(({ input, steps, result, output }) => ({ input, steps, result, output })),
    weights: arrays.map(([key, { data }]) => [key, data.length]),
    input: first && inputOf(model, first),
    output: last?.output.shape ?? [],
    classes: last && classesOf(model, last),
    unit: (last && columnGiven(model, last)?.unit) ?? null,
  };
  const parts: Readonly<Record<string, string>> = {
    TITLE: escaped(model.description.name),
    RUNTIME: String(makeRuntime).replaceAll("</", "<\\/"),
    MODEL: inScript(about),
    WEIGHTS: base64(new Uint8Array(all.buffer)),
  };
  return pageText.replaceAll(/%([A-Z]+)%/g, (whole, name: string) => parts[name] ?? whole);
}

/** A program with another prefix before the names of its weights, which appear in it as texts. */
function renamed(program: Program, prefix: string): Program {
  const names = new Set(Object.keys(program.weights));
  const change = (_: string, value: unknown): unknown =>
    typeof value === "string" && names.has(value) ? `${prefix}${value}` : value;
  const { weights, ...rest } = program;
  // Inner programs carry the same weights.
  const bare: Omit<Program, "weights"> = JSON.parse(
    JSON.stringify(rest, (key, value) => (key === "weights" ? undefined : change(key, value))),
  );
  return {
    ...bare,
    weights: Object.fromEntries(Object.entries(weights).map(([key, array]) => [`${prefix}${key}`, array])),
  };
}

/** One HTML file. */
export const pocket: ExportFormat = {
  title: "Pocket page",
  help: "One HTML file that works offline, by double click: draw, type or open an image, and it answers as this page does.",
  ending: "html",
  carriesSamples: false,
  refusals: (model) => {
    const refused = withoutSteps(model);
    const isLarge = numbersIn(model) > MAX_NUMBERS;
    return isLarge
      ? [...refused, { name: model.description.name, why: say("exports.tooLarge", { most: MAX_NUMBERS }) }]
      : refused;
  },
  write: async (model) => ({ [`${stemOf(model)}.html`]: strToU8(pocketPage(model)) as Uint8Array<ArrayBuffer> }),
};
