/** What the self-test's address may ask for: `?sizes=7,65&ops=matmul,softmax&variants=tiled`, to look closer at what failed. */
import type { SuiteOptions } from "../../src/engine";

/** Reads the part of an address after `?`. Sizes that are no whole numbers from 1 to 257 are left out. */
export function readOptions(search: string): SuiteOptions {
  const query = new URLSearchParams(search);
  const list = (name: string): string[] => (query.get(name) ?? "").split(",").filter((text) => text !== "");
  const sizes = list("sizes")
    .map(Number)
    .filter((size) => Number.isInteger(size) && size >= 1 && size <= 257);
  const [ops, variants] = [list("ops"), list("variants")];
  return {
    ...(sizes.length > 0 && { sizes }),
    ...(ops.length > 0 && { ops }),
    ...(variants.length > 0 && { variants }),
  };
}
