/** What the page's address may ask for. A parameter that is not known, or whose value is not, is ignored and named, but for
 *  those that others add to every link. */
import * as v from "valibot";
import type { PresetId, Said } from "../../src/engine";
import { presets, say } from "../../src/engine";

const presetIds = Object.keys(presets) as PresetId[];
const backends = ["auto", "webgpu", "cpu"] as const;

/** How many presets that are like an unknown one are named. */
const MAX_LIKE = 3;
/** Below this likeness one name is not meant by another. */
const MIN_LIKE = 0.25;

const pairsIn = (text: string): ReadonlySet<string> =>
  new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => text.slice(i, i + 2)));

/** How alike two words are, from 0 to 1: by the pairs of letters that both have (Dice's coefficient). */
function likeness(a: string, b: string): number {
  const [inA, inB] = [pairsIn(a), pairsIn(b)];
  return (2 * [...inA].filter((pair) => inB.has(pair)).length) / Math.max(1, inA.size + inB.size);
}

/** The names that may be meant by one that is not among them, the likeliest first. */
function nearest(wanted: string, names: readonly string[]): readonly string[] {
  const word = wanted.slice(0, 100).toLowerCase();
  const found = names.map((name) => ({ name, like: name === word ? 1 : likeness(name, word) }));
  const near = found.filter(({ like }) => like >= MIN_LIKE).toSorted((a, b) => b.like - a.like);
  return near.slice(0, MAX_LIKE).map(({ name }) => name);
}

/** The parameters, each with its schema and what to say that it expects. */
const parameters = {
  backend: { schema: v.picklist(backends), expected: say("page.oneOf", { options: backends }) },
  preset: {
    schema: v.picklist(presetIds),
    expected: (wanted: string) => say("page.presetLike", { names: nearest(wanted, presetIds), all: presetIds.length }),
  },
  tune: { schema: v.picklist(["off", "on"]), expected: say("page.oneOf", { options: ["off", "on"] }) },
  debug: { schema: v.picklist(["plan"]), expected: say("page.oneOf", { options: ["plan"] }) },
  threads: {
    schema: v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(64)),
    expected: say("page.wholeFromTo", { min: 1, max: 64 }),
  },
} as const;

type ParameterName = keyof typeof parameters;

/** What the address asks for. */
export type PageQuery = { readonly [K in ParameterName]?: v.InferOutput<(typeof parameters)[K]["schema"]> };

/** What mail, advertisements and social networks add to links. */
const OF_CAMPAIGNS = /^(utm_.*|fbclid|gclid|msclkid|mc_[ce]id)$/;
/** Unknown parameters that are named; the others are counted. */
const MAX_NAMED = 3;

const isKnown = (name: string): name is ParameterName => Object.hasOwn(parameters, name);

/** Reads the part of an address after `?`.
 *  @returns what it asks for, and what to say of each parameter that was ignored */
export function readQuery(search: string): { readonly query: PageQuery; readonly problems: readonly Said[] } {
  const problems: Said[] = [];
  const unknown = new Set<string>();
  const query: PageQuery = {};
  for (const [name, value] of new URLSearchParams(search)) {
    if (!isKnown(name)) {
      if (!OF_CAMPAIGNS.test(name)) unknown.add(name);
      continue;
    }
    const { schema, expected } = parameters[name];
    const result = v.safeParse(schema, value);
    if (query[name] !== undefined) {
      problems.push(say("page.repeatedParameter", { name }));
    } else if (result.success) {
      Object.assign(query, { [name]: result.output });
    } else {
      const told = typeof expected === "function" ? expected(value) : expected;
      problems.push(say("page.badParameter", { name, value: shorten(value), expected: told }));
    }
  }
  if (unknown.size > 0) {
    const names = [...unknown].slice(0, MAX_NAMED).map(shorten);
    problems.push(say("page.unknownParameters", { names, more: unknown.size - names.length }));
  }
  return { query, problems };
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
