/** What the page's address may ask for. A parameter that is not known, or whose value is not, is ignored and named. */
import * as v from "valibot";
import type { PresetId } from "../../src/engine";
import { presets } from "../../src/engine";

const presetIds = Object.keys(presets) as PresetId[];
const backends = ["auto", "webgpu", "cpu"] as const;

/** The parameters, each with its schema and what to say that it expects. */
const parameters = {
  backend: { schema: v.picklist(backends), expected: `one of ${backends.join(", ")}` },
  preset: { schema: v.picklist(presetIds), expected: `one of ${presetIds.join(", ")}` },
  tune: { schema: v.picklist(["off", "on"]), expected: "off or on" },
  debug: { schema: v.picklist(["plan"]), expected: "plan" },
  threads: {
    schema: v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(64)),
    expected: "a whole number from 1 to 64",
  },
} as const;

type ParameterName = keyof typeof parameters;

/** What the address asks for. */
export type PageQuery = { readonly [K in ParameterName]?: v.InferOutput<(typeof parameters)[K]["schema"]> };

const isKnown = (name: string): name is ParameterName => Object.hasOwn(parameters, name);

/** Reads the part of an address after `?`.
 *  @returns what it asks for, and a sentence for each parameter that was ignored */
export function readQuery(search: string): { readonly query: PageQuery; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const query: PageQuery = {};
  for (const [name, value] of new URLSearchParams(search)) {
    if (!isKnown(name)) {
      problems.push(`The address has a parameter "${shorten(name)}" that this page does not know. It was ignored.`);
      continue;
    }
    const { schema, expected } = parameters[name];
    const result = v.safeParse(schema, value);
    if (query[name] !== undefined) {
      problems.push(`The address gives "${name}" more than once. The first one counts.`);
    } else if (result.success) {
      Object.assign(query, { [name]: result.output });
    } else {
      problems.push(`The address asks for ${name} "${shorten(value)}", but expected ${expected}. It was ignored.`);
    }
  }
  return { query, problems };
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
