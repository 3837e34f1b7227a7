/** The quickest variants for matrix products, kept between visits. The store forgets them with the browser's version and
 *  with the kernels' text; here they are told apart by adapter and product. */
import * as v from "valibot";
import type { Backend, GemmChoice } from "../backend/backend";
import { MAX_PARTS } from "../compile/splitK";
import { gemmVariants } from "../ops/gemmShader";
import type { DeviceStore } from "../device/deviceStore";

type TunedVariants = ReadonlyMap<string, GemmChoice>;

/** Lets a backend take what was found quickest on earlier visits. */
export async function recallTuned({ adapter, gemm }: Backend, store: DeviceStore): Promise<void> {
  if (!gemm) return;
  for (const [key, choice] of await readTuned(adapter, store)) gemm.preferred.set(key, choice);
}

/** Adds what was found quickest to what is kept. */
export async function keepTuned({ adapter }: Backend, store: DeviceStore, variants: TunedVariants): Promise<void> {
  await store.set(keyOf(adapter), [...new Map([...(await readTuned(adapter, store)), ...variants])]);
}

const keyOf = (adapter: string): string => `gemm ${adapter}`;

/** A product's key and how to compute it. */
const entrySchema = v.tuple([
  v.string(),
  v.object({
    variant: v.picklist(gemmVariants),
    parts: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_PARTS)),
  }),
]);

/** What is kept of an adapter; whatever else is found there is passed over. */
async function readTuned(adapter: string, store: DeviceStore): Promise<TunedVariants> {
  const kept = await store.get(keyOf(adapter));
  const entries: readonly unknown[] = Array.isArray(kept) ? kept : [];
  return new Map(entries.filter((entry) => v.is(entrySchema, entry)));
}
