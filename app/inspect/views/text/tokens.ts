/** Text as a model reads it, and as it writes it. Pure functions. */
import { type ColumnInfo, partsOf, RARE, writtenText } from "../../../../src/engine";

type TextInfo = Pick<ColumnInfo, "names" | "padding" | "end" | "question" | "areWords">;

/** What a visitor wrote as tokens, small letters for capitals where there are no capitals, and the characters or words that there are
 *  not. They are left out, unless there is a token for all that is rare. */
export function tokensFrom(text: string, { names = [], areWords }: TextInfo) {
  const tokens: number[] = [];
  const unknown = new Set<string>();
  const rare = names.indexOf(RARE);
  // A text that was written of tokens has the sign for what is rare.
  const parts = text
    .split(/(\uFFFD)/)
    .flatMap((piece) => (piece === RARE ? [RARE] : partsOf(piece, areWords === true)));
  for (const part of parts) {
    const found = names.indexOf(part);
    const token = found < 0 ? names.indexOf(part.toLowerCase()) : found;
    if (token < 0) unknown.add(part);
    if (token >= 0 || rare >= 0) tokens.push(token < 0 ? rare : token);
  }
  return { tokens, unknown: [...unknown] };
}

/** What a model reads of so many texts, the last `steps` tokens of each, filled up behind.
 *  @returns values of the column, one token longer than what is read, and where in its answer each text goes on */
export function readingOf(
  texts: readonly (readonly number[])[],
  steps: number,
  { padding = 0 }: TextInfo,
): { values: Uint32Array<ArrayBuffer>; at: number[] } {
  const values = new Uint32Array(texts.length * (steps + 1)).fill(padding);
  const at = texts.map((text, n) => {
    const read = text.slice(-steps);
    values.set(read, n * (steps + 1));
    return Math.max(0, read.length - 1);
  });
  return { values, at };
}

/** What a model reads of a text that it tells something of: the first `steps` tokens, filled up before them.
 *  @returns where the text begins in the values too */
export function wholeReadingOf(
  text: readonly number[],
  steps: number,
  { padding = 0 }: TextInfo,
): { values: Uint32Array<ArrayBuffer>; start: number } {
  const read = text.slice(0, steps);
  const start = steps - read.length;
  const values = new Uint32Array(steps).fill(padding);
  values.set(read, start);
  return { values, start };
}

/** The probabilities of each token to come next. @param outputs `[V]` probabilities, or logits where they are none
 *  @param temperature divides logits; at 0 the likeliest token is certain. What fills up texts never comes. */
export function nextShares(
  outputs: Float32Array,
  areProbabilities: boolean,
  temperature: number,
  { padding }: TextInfo,
): Float64Array {
  const logits = Float64Array.from(outputs, (output, token) =>
    token === padding ? -Infinity : areProbabilities ? Math.log(output) : output,
  );
  const top = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const weights =
    temperature === 0
      ? logits.map((_, token) => (token === logits.indexOf(top) ? 1 : 0))
      : logits.map((logit) => Math.exp((logit - top) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** A token drawn by its share. @param random from 0 to 1 */
export function drawToken(shares: Float64Array, random: number): number {
  let rest = random;
  for (const [token, share] of shares.entries()) {
    rest -= share;
    if (rest < 0) return token;
  }
  return shares.findLastIndex((share) => share > 0);
}

/** What is shown of the end of a text or a line: like the dot for a space, a sign that every font has. */
export const END = "¶";

/** How a token is shown by itself. */
export function shownToken(token: number, { names = [] }: TextInfo): string {
  const name = names[token] ?? "";
  if (name === "\n") return END;
  return name === " " ? "·" : name;
}

/** Tokens as text, without what ends or fills it. */
export const textOf = (tokens: Iterable<number>, info: TextInfo): string =>
  writtenText(tokens, info, (token) => token === info.padding || token === info.end);
