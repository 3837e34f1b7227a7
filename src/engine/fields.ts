/** Fields: how a record (layer, optimizer, schedule) describes its settings. From one description come the form in
 *  the inspector, the validation of files and links, the defaults, and the TypeScript type. */
import * as v from "valibot";
import { formatCount } from "./shape";

interface Described {
  readonly label: string;
  /** One sentence for a tooltip: what it does, and when to change it. */
  readonly help: string;
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

/** A number as messages show it: grouped, as on the rest of the page, and with its fraction. */
const showNumber = (value: number): string => (Number.isInteger(value) ? formatCount(value) : String(value));

/** What came, where a number was expected. */
const gotNumber = (issue: { readonly input: unknown; readonly received: string }): string =>
  typeof issue.input === "number" ? showNumber(issue.input) : got(issue);

/** What came, with its elements where it is a list. */
const gotList = (issue: { readonly input: unknown; readonly received: string }): string =>
  got({ received: Array.isArray(issue.input) ? `[${issue.input.join(", ")}]` : issue.received });

/** What a value of one field must be, in words that go on after "expected". */
export function expectationOf(field: Field): string {
  switch (field.kind) {
    case "number":
      return `${field.whole ? "a whole number" : "a number"} from ${showNumber(field.min)} to ${showNumber(field.max)}`;
    case "pair":
      return `two whole numbers from ${showNumber(field.min)} to ${showNumber(field.max)}`;
    case "shape":
      return `1 to ${field.maxRank} positive whole numbers`;
    case "choice":
      return `one of ${field.options.join(", ")}`;
    case "flag":
      return "true or false";
  }
}

/** The schema that a value of one field must satisfy; its messages say what was expected and what came. */
export function fieldSchema(field: Field): v.GenericSchema<unknown> {
  const message = `expected ${expectationOf(field)}`;
  switch (field.kind) {
    case "number": {
      const within = v.pipe(
        v.number((issue) => `${message}, got ${gotNumber(issue)}`),
        v.check(
          (value) =>
            Number.isFinite(value) &&
            value >= field.min &&
            value <= field.max &&
            (!field.whole || Number.isInteger(value)),
          (issue) => `${message}, got ${gotNumber(issue)}`,
        ),
      );
      return within;
    }
    case "pair": {
      const { min, max } = field;
      return v.custom<readonly [number, number]>(
        (value) => Array.isArray(value) && value.length === 2 && value.every((side) => isWholeBetween(side, min, max)),
        (issue) => `${message}, got ${gotList(issue)}`,
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
        (issue) => `${message}, got ${gotList(issue)}`,
      );
    }
    case "choice":
      return v.picklist(field.options, (issue) => `${message}, got ${got(issue)}`);
    case "flag":
      return v.boolean((issue) => `${message}, got ${got(issue)}`);
  }
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
 *  @returns the complete settings and one message per problem, `label: expected .., got ..`. */
export function readConfig<F extends Fields>(fields: F, given: Config): { config: ConfigOf<F>; problems: string[] } {
  const problems = Object.keys(given)
    .filter((key) => !Object.hasOwn(fields, key))
    .map(
      (key) => `${got({ received: key })}: expected one of ${Object.keys(fields).join(", ")}, got an unknown setting`,
    );
  const entries = Object.entries(fields).map(([key, field]) => {
    const value = settingOf(fields, given, key);
    const result = v.safeParse(fieldSchema(field), value);
    if (result.success) return [key, value];
    problems.push(`${field.label}: ${result.issues[0].message}`);
    return [key, field.default];
  });
  // The schemas above are what makes these entries a ConfigOf<F>; TypeScript cannot follow Object.fromEntries.
  return { config: Object.fromEntries(entries) as ConfigOf<F>, problems };
}
