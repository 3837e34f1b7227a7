/** Links: the state of the page as the part of its address after `#`. Deflated JSON in base64url after the number of the version,
 *  so that it survives mail and chat. What comes in is inflated up to a limit and checked by schema. Fetched when the first link is
 *  made or read. Trained weights, where they are asked for, come after the JSON and a byte of zero, which JSON never has. */
import * as v from "valibot";
import {
  DescentError,
  LIMITS,
  type ModelDescription,
  readJson,
  readSparse,
  type Said,
  saidBy,
  say,
  shapesOf,
  type StartWeights,
  withoutDefaults,
} from "../../src/engine";
import { type LinkedWeights, MAX_WEIGHT_BYTES, packWeights, unpackWeights, WEIGHT_BITS } from "./linkWeights";
import type { Losses } from "./losses";
import { PROVING_STEPS } from "./losses";
import { reportOf } from "./model";
import { initialPreferences, type Preferences, readPreferences } from "./ui";

/** What a link says. */
export interface LinkState {
  readonly model: ModelDescription;
  readonly losses: Losses | null;
  readonly view: LinkView;
  /** Null where the model is to be trained from its seed. */
  readonly weights: LinkedWeights | null;
}

/** What a link is to say. */
export interface LinkContent extends Omit<LinkState, "weights"> {
  /** Trained weights that are to ride along; losses of another run do not. */
  readonly weights?: StartWeights | undefined;
}

/** A link that was made. */
export interface WrittenLink {
  /** The part of the address, with its `#`. */
  readonly hash: string;
  /** What its weights are rounded to; null where it has none. */
  readonly bits: number | null;
}

const VIEW_KEYS = ["resultsView", "xUnit", "smoothing", "logCharts", "fitCharts"] as const;
/** How the page looks, as far as links say it. */
type LinkView = Pick<Preferences, (typeof VIEW_KEYS)[number]>;

/** Before the text of a link. */
const PREFIX = "#link=";
/** Without weights, and with them. */
const VERSIONS = ["1", "2"] as const;

/** The longest link: what goes through mail, chat and QR codes of no unusual size. */
export const MAX_LINK_CHARACTERS = 8192;

/** What links say of the preferences: the others are the reader's own, and stay as they are. */
const viewIn = ({ resultsView, xUnit, smoothing, logCharts, fitCharts }: Preferences): LinkView => ({
  resultsView,
  xUnit,
  smoothing,
  logCharts,
  fitCharts,
});

const saidOfView = (view: LinkView): readonly (keyof LinkView)[] =>
  VIEW_KEYS.filter((key) => JSON.stringify(view[key]) !== JSON.stringify(initialPreferences[key]));

/** Whether the page looks as it does on a first visit, of which links need not speak. */
export const isUsualView = (view: LinkView): boolean => saidOfView(view).length === 0;

const linkSchema = v.strictObject({
  model: v.unknown(),
  losses: v.optional(
    v.strictObject({
      machine: v.pipe(v.string(), v.maxLength(100)),
      values: v.pipe(
        v.record(v.pipe(v.string(), v.maxLength(40)), v.pipe(v.array(v.number()), v.maxLength(PROVING_STEPS.length))),
        v.check((values) => Object.keys(values).length <= 8),
      ),
    }),
  ),
  view: v.optional(v.unknown()),
});

/** The shortest number that is this one in single precision. */
function shortest(value: number): number {
  for (let digits = 6; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** Writes a link. @returns null where it is longer than links may be, with weights of as few bits as are ever taken */
export async function writeLink({ model, losses, view, weights }: LinkContent): Promise<WrittenLink | null> {
  const seen = saidOfView(view);
  const values = Object.entries(losses?.values ?? {}).map(([id, own]) => [id, own.map(shortest)] as const);
  const isProven = losses !== null && !weights && values.every(([, own]) => own.every(Number.isFinite));
  const json = JSON.stringify({
    model: withoutDefaults(model),
    ...(isProven && { losses: { machine: losses.machine, values: Object.fromEntries(values) } }),
    ...(seen.length > 0 && { view: Object.fromEntries(seen.map((key) => [key, view[key]])) }),
  });
  const text = new TextEncoder().encode(json);
  if (!weights) return await packed(VERSIONS[0], [text], null);
  const shapes = shapesOf(reportOf(model));
  for (const bits of WEIGHT_BITS) {
    const bytes = packWeights(weights, shapes, bits);
    if (!bytes) return null;
    const link = await packed(VERSIONS[1], [text, Uint8Array.of(0), bytes], bits);
    if (link) return link;
  }
  return null;
}

async function packed(version: string, parts: BlobPart[], bits: number | null): Promise<WrittenLink | null> {
  const bytes = await pass(new Blob(parts), new CompressionStream("deflate-raw"), Infinity);
  const hash = `${PREFIX}${version}.${toBase64(bytes)}`;
  return hash.length > MAX_LINK_CHARACTERS ? null : { hash, bits };
}

/** Reads a link. @returns what it says, or what is wrong with it */
export async function readLink(hash: string): Promise<LinkState | Said> {
  const [version = "", text = ""] = hash.slice(PREFIX.length).split(".", 2);
  if (hash.length > MAX_LINK_CHARACTERS)
    return say("share.tooLongLink", { most: MAX_LINK_CHARACTERS, got: hash.length });
  if (!VERSIONS.some((known) => known === version)) return say("share.otherVersion");
  const hasWeights = version === VERSIONS[1];
  try {
    const most = LIMITS.jsonLength + (hasWeights ? MAX_WEIGHT_BYTES : 0);
    const bytes = await pass(new Blob([fromBase64(text)]), new DecompressionStream("deflate-raw"), most);
    const end = hasWeights ? bytes.indexOf(0) : bytes.length;
    if (end < 0 || end > LIMITS.jsonLength) return say("share.damagedLink");
    const { model, losses, view } = v.parse(
      linkSchema,
      readJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, end))),
      { abortEarly: true },
    );
    const rounded = Object.entries(losses?.values ?? {}).map(([id, own]) => [id, own.map(Math.fround)] as const);
    const read = readSparse(model);
    const weights = hasWeights ? unpackWeights(bytes.subarray(end + 1), shapesOf(reportOf(read))) : null;
    if (weights && "key" in weights) return weights;
    return {
      model: read,
      losses: losses ? { machine: losses.machine, values: Object.fromEntries(rounded) } : null,
      view: viewIn(readPreferences({ ...initialPreferences, ...(typeof view === "object" && view) })),
      weights,
    };
  } catch (error) {
    return error instanceof DescentError ? saidBy(error) : say("share.damagedLink");
  }
}

/** Bytes through a stream that makes more or fewer of them. @throws RangeError once they are more than `most` */
async function pass(bytes: Blob, through: CompressionStream | DecompressionStream, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = bytes.stream().pipeThrough(through).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new RangeError(`Link: expected at most ${most} bytes.`);
    }
    parts.push(value);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const toBase64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
