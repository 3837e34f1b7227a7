/** The sums behind batch normalization as records for `src/wasm/batchNorm.ts`. */
import { CHANNEL_UNIT, Kernel } from "../../../../wasm/codes";
import type { Launch } from "../../../compile/plan";
import { rowsOf } from "../../../ops/softmax";
import type { AddressOf, WasmLaunch, Records } from "./records";
import { floatWord } from "./records";

/** Parts that are enough for all threads there may be, and the fewest rows of one. */
const ENOUGH_PARTS = 16;
const MIN_ROWS = 256;

/** Words about the rows and channels of an array, and about the parts in which it is summed up. Their number never depends on the
 *  threads, since sums depend on it. */
function shared({ inputs: [array], outputs: [result] }: Launch, addressOf: AddressOf, records: Records) {
  const { rows, columns } = rowsOf(array!.shape);
  const parts = Math.max(1, Math.min(ENOUGH_PARTS, Math.floor(rows / MIN_ROWS)));
  const room = records.room(2 * columns * parts * 8);
  const units = Math.ceil(columns / CHANNEL_UNIT);
  return { parts, units, rows, words: [addressOf(result!), rows, columns, parts, Math.ceil(rows / parts), room] };
}

/** Sums and squares, then means and variances. */
export function lowerBatchMoments(step: Launch, addressOf: AddressOf, records: Records): WasmLaunch[] | undefined {
  const [x, mask, count] = step.inputs;
  if (!x) return undefined;
  const { parts, units, rows, words } = shared(step, addressOf, records);
  const counted = mask && count ? [addressOf(mask), addressOf(count)] : [0, 0];
  const record = records.words([addressOf(x), 0, ...words, ...counted, rows / x.shape[0]!]);
  return [
    { kernel: Kernel.momentSums, record, units: units * parts },
    { kernel: Kernel.moments, record, units },
  ];
}

/** Sums of gradients, then what the gradient of the normalization is made of. */
export function lowerBatchMomentsGrad(step: Launch, addressOf: AddressOf, records: Records): WasmLaunch[] | undefined {
  const [dy, x, moments] = step.inputs;
  if (!dy || !x || !moments) return undefined;
  const { parts, units, words } = shared(step, addressOf, records);
  const epsilon = floatWord(Number(step.attrs["epsilon"]));
  const record = records.words([addressOf(dy), addressOf(x), ...words, addressOf(moments), epsilon]);
  return [
    { kernel: Kernel.gradientSums, record, units: units * parts },
    { kernel: Kernel.momentsGrad, record, units },
  ];
}
