/** The quickest ways to compute matrix products, kept between visits. The store forgets them with the browser's version and
 *  with the kernels' text; here they are told apart by adapter and product. */
import type { Backend } from "../backend/backend";
import type { GemmVariant } from "../graph/kernel";
import { gemmVariants } from "../ops/gemmShader";
import type { DeviceStore } from "./deviceStore";

type Winners = ReadonlyMap<string, GemmVariant>;

/** Lets a backend take what was found quickest on earlier visits. */
export async function recallWinners({ adapter, gemm }: Backend, store: DeviceStore): Promise<void> {
  if (!gemm) return;
  for (const [key, variant] of await readWinners(adapter, store)) gemm.preferred.set(key, variant);
}

/** Adds what was found quickest to what is kept. */
export async function keepWinners({ adapter }: Backend, store: DeviceStore, winners: Winners): Promise<void> {
  await store.set(keyOf(adapter), [...new Map([...(await readWinners(adapter, store)), ...winners])]);
}

const keyOf = (adapter: string): string => `gemm ${adapter}`;

/** Pairs of a product's key and a variant's name; whatever else is found there is passed over. */
async function readWinners(adapter: string, store: DeviceStore): Promise<Winners> {
  const kept = await store.get(keyOf(adapter));
  const pairs: readonly unknown[] = Array.isArray(kept) ? kept : [];
  return new Map(
    pairs.flatMap((pair) => {
      const [key, name]: readonly unknown[] = Array.isArray(pair) ? pair : [];
      const variant = gemmVariants.find((known) => known === name);
      return variant === undefined ? [] : [[String(key), variant] as const];
    }),
  );
}
