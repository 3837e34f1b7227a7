// WebGPU for tests, on Dawn for Node; refuses to skip: a machine without an adapter fails the test that asks.
import { openGpu } from "../../scripts/support/dawn";
import { lender } from "./lentDevices";

let lending: GPU | undefined;

/** @param devices whether they are shared with other tests, behind a stand-in, or Dawn's own: for what is lost with one
 *  @throws Error when no adapter answers, which means that the test was not started through `npm test` */
export async function testGpu(devices: "lent" | "own" = "lent"): Promise<GPU> {
  const gpu = openGpu();
  restBetweenLooks();
  const adapter = await gpu.requestAdapter();
  if (adapter === null) {
    const driver = process.env["VK_ICD_FILENAMES"] ?? "none named";
    throw new Error(
      `WebGPU in Node: expected an adapter, got none (VK_ICD_FILENAMES: ${driver}). ` +
        "Start tests with npm test -- <file>, which brings a driver.",
    );
  }
  lending ??= lender(gpu);
  return devices === "lent" ? lending : gpu;
}

/** Looks in a row before Dawn rests: most of what it waits for comes at once. */
const quickLooks = 20;
let isResting = false;

/** Dawn for Node asks for news at every turn of the event loop for as long as it waits for anything, which took half of the
 *  time of tests while shaders compiled on another thread. From now on it asks every millisecond, after a few quick looks. */
function restBetweenLooks(): void {
  if (isResting) return;
  isResting = true;
  const { setImmediate: soon, setTimeout: later } = globalThis;
  let isLooking = false;
  let inARow = 0;
  const rested = (look: () => void): unknown => {
    inARow = isLooking ? inARow + 1 : 0;
    const run = (): void => {
      isLooking = true;
      try {
        look();
      } finally {
        isLooking = false;
      }
    };
    return inARow < quickLooks ? soon(run) : later(run, 1);
  };
  const isDawns = (work: unknown): work is () => void =>
    typeof work === "function" && work.name === "" && String(work).includes("[native code]");
  globalThis.setImmediate = Object.assign(
    ((work: (...given: unknown[]) => void, ...given: unknown[]) =>
      isDawns(work) ? rested(work) : soon(work, ...given)) as typeof setImmediate,
    soon,
  );
}
