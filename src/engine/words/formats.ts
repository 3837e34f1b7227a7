/** Numbers and lists as people read them, in any language. Knows no sentence; a language names its locale and the few words
 *  that stand for numbers. */

/** The words that stand where a number would. */
export interface NumberWords {
  /** What a shape without axes is. */
  readonly scalar: string;
  /** What an error beyond all numbers is. */
  readonly infinite: string;
}

/** How a language writes quantities. Each function is for one kind, so that a kind looks the same everywhere. */
export interface Formats {
  /** `101,770`, to whole numbers. */
  readonly count: (value: number) => string;
  /** `102K`, for a rate or where there is little room. */
  readonly compact: (value: number) => string;
  /** `1.3`, to hundredths. */
  readonly hundredths: (value: number) => string;
  /** `60,000` or `0.25`: grouped, and with its fraction. */
  readonly number: (value: number) => string;
  /** `47.2 MB`, in powers of ten. */
  readonly bytes: (bytes: number) => string;
  /** How far a result is off: `0.3`, `1.2e-5`. */
  readonly deviation: (error: number) => string;
  /** `28×28×1`. */
  readonly shape: (shape: readonly number[]) => string;
  /** `a, b and c`. */
  readonly all: (items: readonly string[]) => string;
  /** `a, b or c`. */
  readonly any: (items: readonly string[]) => string;
  /** `a, b, c`. */
  readonly list: (items: readonly string[]) => string;
  /** Which of its forms a noun takes beside a number: `1 step`, `2 steps`. */
  readonly plural: (value: number, forms: PluralForms) => string;
}

/** The forms of a noun by CLDR's plural category; a language has those that it needs, and always `other`. */
export type PluralForms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

const BYTE_UNITS = ["B", "kB", "MB", "GB"] as const;

/** The formats of a locale. */
export function makeFormats(locale: string, { scalar, infinite }: NumberWords): Formats {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const hundredths = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: 3 });
  const rules = new Intl.PluralRules(locale);
  const lists = {
    all: new Intl.ListFormat(locale, { type: "conjunction" }),
    any: new Intl.ListFormat(locale, { type: "disjunction" }),
    list: new Intl.ListFormat(locale, { type: "unit" }),
  };
  const count = (value: number): string => whole.format(value);
  return {
    count,
    compact: (value) => compact.format(value),
    hundredths: (value) => hundredths.format(value),
    number: (value) => (Number.isInteger(value) ? count(value) : String(value)),
    bytes: (bytes) => {
      const power = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
      const value = bytes / 1000 ** power;
      return `${(power === 0 || value >= 100 ? whole : tenths).format(value)} ${BYTE_UNITS[power] ?? "B"}`;
    },
    deviation: (error) => {
      if (!Number.isFinite(error)) return infinite;
      return error === 0 || error >= 0.01
        ? String(Number(error.toPrecision(2)))
        : error.toExponential(1).replace(".0e", "e");
    },
    shape: (shape) => (shape.length === 0 ? scalar : shape.join("×")),
    all: (items) => lists.all.format(items),
    any: (items) => lists.any.format(items),
    list: (items) => lists.list.format(items),
    plural: (value, forms) => `${count(value)} ${forms[rules.select(value)] ?? forms.other}`,
  };
}
