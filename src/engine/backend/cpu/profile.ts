/** Times the launches of a plan on the CPU, by the host's clock. Both CPU backends do it this way. */
import type { Plan } from "../../compile/plan";
import type { NumericArray } from "../../graph/kernel";
import type { Node } from "../../graph/node";
import type { Profile } from "../backend";
import { timeOnce } from "../timing";

/** @param arrayOf the memory of a value, as it is now  @param run runs one step so many times
 *  @param onStep as for `Executable.profile` */
export async function profileOnHost(
  { launches, placements }: Plan,
  arrayOf: (node: Node) => NumericArray,
  onStep: (index: number) => Promise<void>,
  run: (index: number, repeats: number) => void,
): Promise<Profile> {
  const stepMs: number[] = [];
  for (const [index, { outputs }] of launches.entries()) {
    const state = outputs.filter((output) => placements.get(output)?.kind === "leaf");
    const elapsedMs = await timeOnce((repeats) => {
      // Saved and put back without a pause between, so that nobody sees what the repeats do to it.
      const saved = state.map((node) => arrayOf(node).slice());
      const started = performance.now();
      run(index, repeats);
      const elapsed = performance.now() - started;
      saved.forEach((values, i) => arrayOf(state[i]!).set(values));
      return elapsed;
    });
    stepMs.push(elapsedMs);
    await onStep(index);
  }
  return { clock: "host", stepMs };
}
