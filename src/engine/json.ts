/** JSON that comes from outside, in files and links, of which nobody knows what it is. Knows no schema. */

/** Of lists, objects and what they hold together: a million small ones would be a hundred megabytes. */
const MAX_VALUES = 600_000;
/** A key that assigning would make a prototype of, and that schemas pass over unseen. It may be written with escapes. */
const ODD_KEY = "__proto__";

/** Parses text, once it is known to be of no more values than can be meant.
 *  @throws SyntaxError saying what was expected and what came */
export function readJson(text: string): unknown {
  const count = countValues(text);
  if (count > MAX_VALUES) throw new SyntaxError(`expected at most ${MAX_VALUES} values, got ${count}`);
  const value: unknown = JSON.parse(text);
  if (/__proto__|\\u/.test(text) && hasOddKey(value)) throw new SyntaxError(`expected no key "${ODD_KEY}", got one`);
  return value;
}

/** At least as many as there are: marks within texts are counted too. */
function countValues(text: string): number {
  let count = 1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x2c || code === 0x5b || code === 0x7b) count++;
  }
  return count;
}

/** Does not recurse, because a hostile file may nest without end. */
function hasOddKey(value: unknown): boolean {
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== "object" || next === null) continue;
    if (Object.hasOwn(next, ODD_KEY)) return true;
    for (const inner of Object.values(next)) open.push(inner);
  }
  return false;
}
