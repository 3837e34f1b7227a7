/** Decodes on two threads: every other lot goes to a second worker, started with the first. */
import * as Comlink from "comlink";
import type { Decode } from "./decode";

/** Fewer are decoded before another worker is there. */
const MANY = 32;

/** @param own decodes on this thread; it has the lots that the other cannot take */
export function sharedDecoder(own: Decode): Decode {
  let helper: { readonly decode: Comlink.Remote<Decode>; readonly broken: Promise<never> } | null | undefined;
  let asked = 0;
  return async (pictures, look) => {
    const isShared = pictures.length >= MANY && pictures.every(({ format }) => format !== "svg");
    if (isShared) helper ??= helper === undefined ? startHelper() : null;
    if (!isShared || !helper || asked > 1) return own(pictures, look);
    asked++;
    try {
      return await Promise.race([helper.decode(pictures, look), helper.broken]);
    } catch {
      helper = null;
      return await own(pictures, look);
    } finally {
      asked--;
    }
  };
}

function startHelper() {
  if (typeof Worker === "undefined" || navigator.hardwareConcurrency < 2) return null;
  const worker = new Worker(new URL("./decodeHelper.ts", import.meta.url), { type: "module", name: "decoder" });
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener("error", () => reject(new Error("the helper's script could not be loaded")));
  });
  broken.catch(() => {});
  return { decode: Comlink.wrap<Decode>(worker), broken };
}
