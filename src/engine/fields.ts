/** Fields: how a record (layer, optimizer, schedule) describes its settings. From one description come the form in
 *  the inspector, the validation of files and links, the defaults, and the TypeScript type. */
import * as v from "valibot";
import { type EngineKey, nameOf, type Said, say } from "./words/said";

interface Described {
  readonly label: string;
  /** One sentence for a tooltip: what it does, and when to change it. */
  readonly help: string;
  /** It may change while a run is under way: neither the shape of what is learnt nor how it starts depends on it. */
  readonly live?: true;
  /** It is seldom changed: forms show it where they show what is looked for. */
  readonly rare?: true;
}

/** A number, whole when `step` is. Sliders and steppers use `step`; `ladder` lists good values to offer instead. */
export interface NumberField extends Described {
  readonly kind: "number";
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly whole: boolean;
  readonly default: number;
  readonly ladder?: readonly number[];
}

/** Two whole numbers, height and width. */
export interface PairField extends Described {
  readonly kind: "pair";
  readonly min: number;
  readonly max: number;
  readonly default: readonly [number, number];
  /** The key of another field whose value it takes until it is given one of its own. */
  readonly follows?: string;
}

/** A list of whole numbers: a shape. */
export interface ShapeField extends Described {
  readonly kind: "shape";
  readonly maxRank: number;
  readonly default: readonly number[];
}

/** One of a few words. */
export interface ChoiceField<T extends string = string> extends Described {
  readonly kind: "choice";
  readonly options: readonly T[];
  readonly default: T;
  /** What the options are called, and a sentence for each, where the words themselves do not say it. */
  readonly described?: Readonly<Record<T, { readonly title: string; readonly help: string }>>;
  /** The registry that these come from, by which another language has their words. */
  readonly registry?: string;
}

/** Yes or no. */
export interface FlagField extends Described {
  readonly kind: "flag";
  readonly default: boolean;
}

/** One setting of a record; `kind` says which of these it is. */
export type Field = NumberField | PairField | ShapeField | ChoiceField | FlagField;

/** The settings of a record by their keys in a {@link Config}, in the order in which forms show them. */
export type Fields = Readonly<Record<string, Field>>;

/** The settings a set of fields describes. */
export type ConfigOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends ChoiceField<infer T>
    ? T
    : F[K] extends NumberField
      ? number
      : F[K] extends PairField
        ? readonly [number, number]
        : F[K] extends ShapeField
          ? readonly number[]
          : boolean;
};

/** Settings of any record, as stored in a model description. */
export type Config = Readonly<Record<string, unknown>>;

type NumberOptions = Omit<NumberField, "kind" | "whole" | "step"> & { readonly step?: number };

/** A whole-number field. */
export const whole = (options: NumberOptions): NumberField => ({ kind: "number", whole: true, step: 1, ...options });
/** A real-number field. */
export const real = (options: NumberOptions): NumberField => ({ kind: "number", whole: false, step: 0.01, ...options });
/** A height-and-width field. */
export const pair = (options: Omit<PairField, "kind">): PairField => ({ kind: "pair", ...options });
/** A field of one word out of `options`. */
export const choice = <const T extends string>(options: Omit<ChoiceField<T>, "kind">): ChoiceField<T> => ({
  kind: "choice",
  ...options,
});
/** A yes-or-no field. */
export const flag = (options: Omit<FlagField, "kind">): FlagField => ({ kind: "flag", ...options });
/** A shape field. */
export const shapeField = (options: Omit<ShapeField, "kind">): ShapeField => ({ kind: "shape", ...options });

/** Every field's default. */
export function defaultConfig(fields: Fields): Config {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.default]));
}

const LONGEST_SHOWN = 60;

/** What came, as a message shows it: cut short, since it may be anything. */
export function got({ received }: { readonly received: string }): string {
  return received.length > LONGEST_SHOWN ? `${received.slice(0, LONGEST_SHOWN)}…` : received;
}

/** What came, as messages show it: numbers as such, a list with its elements. */
export function came(issue: { readonly input: unknown; readonly received: string }): string | number {
  // What is no number has no JSON, in which schemas carry what they say.
  if (typeof issue.input === "number" && Number.isFinite(issue.input)) return issue.input;
  return got({ received: Array.isArray(issue.input) ? `[${issue.input.join(", ")}]` : issue.received });
}

/** What a value of one field must be, in words that go on after "expected". */
export function expectationOf(field: Field): Said<EngineKey> {
  switch (field.kind) {
    case "number":
      return say(field.whole ? "setting.whole" : "setting.number", { min: field.min, max: field.max });
    case "pair":
      return say("setting.pair", { min: field.min, max: field.max });
    case "shape":
      return say("setting.shape", { rank: field.maxRank });
    case "choice":
      return say("setting.choice", { options: field.options });
    case "flag":
      return say("setting.flag");
  }
}

/** The schema that a value of one field must satisfy. What it must be, {@link expectationOf} says. */
export function fieldSchema(field: Field): v.GenericSchema<unknown> {
  switch (field.kind) {
    case "number":
      return v.custom<number>(
        (value) =>
          typeof value === "number" &&
          Number.isFinite(value) &&
          value >= field.min &&
          value <= field.max &&
          (!field.whole || Number.isInteger(value)),
      );
    case "pair": {
      const { min, max } = field;
      return v.custom<readonly [number, number]>(
        (value) => Array.isArray(value) && value.length === 2 && value.every((side) => isWholeBetween(side, min, max)),
      );
    }
    case "shape": {
      const { maxRank } = field;
      return v.custom<readonly number[]>(
        (value) =>
          Array.isArray(value) &&
          value.length >= 1 &&
          value.length <= maxRank &&
          value.every((dim) => isWholeBetween(dim, 1, 1e6)),
      );
    }
    case "choice":
      return v.picklist(field.options);
    case "flag":
      return v.boolean();
  }
}

/** What is wrong with a value of a field, or undefined. @param path of the record that has the field, for its label's name */
export function fieldProblem(field: Field, value: unknown, path: string): Said<EngineKey> | undefined {
  const result = v.safeParse(fieldSchema(field), value);
  if (result.success) return undefined;
  const label = nameOf(`${path}.label`, field.label);
  return say("setting.wrong", { label, expected: expectationOf(field), got: came(result.issues[0]) });
}

const isWholeBetween = (value: unknown, min: number, max: number): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;

/** A setting as given, or what it is when it is not. */
export function settingOf(fields: Fields, given: Config, key: string): unknown {
  const field = fields[key];
  if (given[key] !== undefined || field === undefined) return given[key];
  return field.kind === "pair" && field.follows ? settingOf(fields, given, field.follows) : field.default;
}

/** Fills in defaults and checks what was given. Unknown keys are reported, never ignored.
 *  @param record the path of the record whose fields they are, `layers.Dense` for instance, for the labels' names
 *  @returns the complete settings, and what to say of each problem: `label: expected .., got ..`, without a full stop */
export function readConfig<F extends Fields>(
  fields: F,
  given: Config,
  record = "",
): { config: ConfigOf<F>; problems: Said<EngineKey>[] } {
  const problems: Said<EngineKey>[] = Object.keys(given)
    .filter((key) => !Object.hasOwn(fields, key))
    .map((key) => say("setting.unknown", { key: got({ received: key }), known: Object.keys(fields) }));
  const entries = Object.entries(fields).map(([key, field]) => {
    const value = settingOf(fields, given, key);
    const problem = fieldProblem(field, value, `${record}.fields.${key}`);
    if (!problem) return [key, value];
    problems.push(problem);
    return [key, field.default];
  });
  // The schemas above are what makes these entries a ConfigOf<F>; TypeScript cannot follow Object.fromEntries.
  return { config: Object.fromEntries(entries) as ConfigOf<F>, problems };
}
