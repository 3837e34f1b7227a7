/** Takes the model that is trained out of the page: asks the worker for it, has it written, and works samples out a second time. */
import { type ExportedModel, type FormatId, type NetworkSamples, openOutgoing, type Files } from "../../src/engine";
import { download } from "../charts/download";
import { dataOf } from "../store/model";
import { currentTrainer, surroundings } from "../train/client";

/** How many test samples are worked out a second time. */
const SAMPLES = 100;
/** For how long at a time that may keep the page from drawing. */
const SLICE_MS = 6;

type Outgoing = Awaited<ReturnType<typeof openOutgoing>>;

/** A model that was taken, and what writes it. */
export interface Taken {
  readonly outgoing: Outgoing;
  readonly model: ExportedModel;
  readonly step: number;
  /** What the engine gives for the samples, by network. */
  readonly answers: Readonly<Record<string, ArrayLike<number>>>;
  readonly count: number;
  readonly columns: Parameters<Outgoing["networkSamples"]>[1];
}

/** The model that is trained, as it now is; null where there is none. */
export async function takeModel(): Promise<Taken | null> {
  const [outgoing, taken] = await Promise.all([openOutgoing(), currentTrainer()?.take(SAMPLES, true)]);
  if (!taken) return null;
  const { description, weights, step, columns, count, shown, apart } = taken;
  const model = outgoing.exportedModel(description, dataOf(description), weights);
  // Where there are several networks, noise may have come between them in what is shown.
  const [only, other] = model.networks;
  const [first] = Object.values(shown);
  const answers = only && first && !other ? { [only.name]: first.data } : apart;
  return { outgoing, model, step, columns, count, answers };
}

/** Samples of every network. @param onProgress told from 0 to 1  @throws the signal's reason */
export async function workOut(
  { outgoing, model, columns, count }: Taken,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<NetworkSamples[]> {
  let since = performance.now();
  let done = 0;
  const all = count * model.networks.length;
  const pause = async (): Promise<void> => {
    done++;
    if (performance.now() - since < SLICE_MS) return;
    signal.throwIfAborted();
    onProgress(done / all);
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  };
  return await outgoing.networkSamples(model, columns, count, pause);
}

/** How far the samples are from what the engine gives for them; null where that cannot be said. */
export function differenceOf({ answers }: Taken, samples: readonly NetworkSamples[]): number | null {
  const found = samples.flatMap(({ network, count, outputs }) => {
    const own = answers[network];
    if (!own || count === 0 || own.length > outputs.length) return [];
    // Of a distribution, its means are told, which come first.
    const [told, made] = [own.length / count, outputs.length / count];
    return Array.from(own, (value, i) => Math.abs(value - (outputs[Math.floor(i / told) * made + (i % told)] ?? NaN)));
  });
  return found.length === 0 ? null : found.reduce((most, value) => Math.max(most, value));
}

/** Writes the model and offers it to the visitor. @returns how many bytes */
export async function save(
  { outgoing, model, step }: Taken,
  id: FormatId,
  samples: readonly NetworkSamples[],
): Promise<number> {
  const format = outgoing.formats[id];
  const dataset =
    format.carriesData && (await outgoing.fetchData(model.description.dataset, surroundings().datasetsUrl));
  const files = await format.write(model, samples, dataset ? { dataset, step, pause: inSlices() } : undefined);
  const [name, bytes] = asOne(outgoing, model, files, id);
  download(new Blob([bytes]), name);
  return bytes.length;
}

/** Gives the page a turn whenever it has waited for long enough. */
function inSlices(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < SLICE_MS) return;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  };
}

/** One file as it is, several in a zip. */
function asOne(
  { stemOf, zipOf, formats }: Outgoing,
  model: ExportedModel,
  files: Files,
  id: FormatId,
): readonly [string, Uint8Array<ArrayBuffer>] {
  const [only, ...others] = Object.entries(files);
  if (only && others.length === 0 && formats[id].ending !== "zip") return only;
  // Data are packed already.
  return [`${stemOf(model)}-${id}.zip`, zipOf(files, !formats[id].carriesData)];
}
