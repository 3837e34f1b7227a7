/** Loads an image dataset's files, and says which samples are there while others still come. Refuses any byte that its meta.json
 *  does not vouch for; how bytes are read is `fetchFile.ts`. */
import {
  type Arrival,
  type ByteSource,
  type DataInfo,
  type Dataset,
  type DatasetFile,
  type DatasetMeta,
  type LoadOptions,
  infoOf,
  nameOfData,
  parseDatasetMeta,
  type Split,
  totalBytes,
} from "./dataset";
import { abortable, type FileJob, loadFile, openFile, refusal } from "./fetchFile";
import { type EngineKey, type Said, say } from "../words/said";
import { Stages } from "./stages";

/** What of a {@link DatasetDef} the files must agree with. */
type Expected = DataInfo;

const maxMetaBytes = 64 * 1024;

/** Loads a dataset of two columns, `image` u8 and `label` u8, from `<id>/meta.json` and the files that it lists. Files may be gzip
 *  or plain: a server that announces `Content-Encoding: gzip` has them unzipped before they get here. They come in the order
 *  in which they are needed: what the first steps train on, the test set, the other parts of the training set.
 *  @param expected what the registry says of this dataset; the files must agree
 *  @throws DatasetError when a file is missing, truncated, corrupt or malformed
 *  @throws the signal's reason when cancelled; files still on their way are dropped */
export async function loadDataset(expected: Expected, source: ByteSource, options: LoadOptions = {}): Promise<Dataset> {
  const { signal, onProgress, early = false } = options;
  const meta = await abortable(signal, (own) => loadMeta(expected, source, own));
  const train = placeFiles(expected, "train", meta);
  const test = placeFiles(expected, "test", meta);
  const [firstImages, ...otherImages] = train.images;
  const first = [...train.labels, ...(firstImages ? [firstImages] : [])];
  const all = [...train.labels, ...train.images, ...test.labels, ...test.images];
  const report = (): void => {
    const isEnough = early && stages.done > 0;
    const jobs = early && !isEnough ? first : all;
    onProgress?.({
      isEnough,
      loadedBytes: jobs.reduce((sum, { loaded }) => sum + loaded, 0),
      totalBytes: jobs.reduce((sum, { target }) => sum + target.length, 0),
    });
  };
  const fetch = (jobs: readonly FileJob[]): Promise<void> =>
    abortable(signal, async (own) => {
      await Promise.all(jobs.map((job) => loadFile(job, source, own, report)));
    });
  const stages = new Stages([
    () => fetch(first).then(() => train.check()),
    () => fetch([...test.labels, ...test.images]).then(() => test.check()),
    ...otherImages.map((job) => () => fetch([job])),
  ]);
  await stages.until(early ? 1 : stages.count);
  if (early) void stages.until(stages.count).catch(() => {}); // Whoever needs the rest asks for it, and is told.
  const trainArrival = arrivalOf(train.bounds, stages, (part) => (part === 0 ? 1 : part + 2));
  const testArrival = arrivalOf([test.split.count], stages, () => 2);
  return {
    ...infoOf(expected),
    title: meta.title,
    train: { ...train.split, ...(early && { arrival: trainArrival }) },
    test: { ...test.split, ...(early && { arrival: testArrival }) },
  };
}

/** @param bounds how many samples there are at the end of each part
 *  @param stagesFor how many stages must be done for a part to be there */
function arrivalOf(bounds: readonly number[], stages: Stages, stagesFor: (part: number) => number): Arrival {
  return {
    get ready() {
      return bounds.findLast((_, part) => stagesFor(part) <= stages.done) ?? 0;
    },
    until: async (count) => {
      const part = bounds.findIndex((bound) => bound >= count);
      await stages.until(stagesFor(part < 0 ? bounds.length - 1 : part));
    },
  };
}

/** A split with room for its bytes. */
interface PlacedFiles {
  readonly split: Split;
  readonly images: readonly FileJob[];
  readonly labels: readonly FileJob[];
  /** How many samples there are at the end of each file of images. */
  readonly bounds: readonly number[];
  /** @throws DatasetError when a label is no class */
  check(): void;
}

function placeFiles(
  expected: Expected,
  name: "train" | "test",
  { splits, inputShape, classes }: DatasetMeta,
): PlacedFiles {
  const { count, inputs, labels } = splits[name];
  const place = (files: readonly DatasetFile[]) => {
    const bytes = new Uint8Array(totalBytes(files));
    let start = 0;
    const jobs = files.map((file): FileJob => {
      const target = bytes.subarray(start, (start += file.byteLength));
      const path = `${expected.id}/${file.path}`;
      return {
        where: say("data.file", { title: nameOfData(expected), path: file.path }),
        path,
        file,
        target,
        loaded: 0,
      };
    });
    return { bytes, jobs };
  };
  const image = place(inputs);
  const label = place(labels);
  const sampleBytes = inputShape.reduce((product, size) => product * size, 1);
  let end = 0;
  const bounds = inputs.map(({ byteLength }) => Math.floor((end += byteLength) / sampleBytes));
  return {
    split: { count, columns: { image: image.bytes, label: label.bytes }, bounds },
    images: image.jobs,
    labels: label.jobs,
    bounds,
    check: () =>
      checkLabels(say("data.labels", { title: nameOfData(expected), split: name }), label.bytes, classes.length),
  };
}

async function loadMeta(expected: Expected, source: ByteSource, signal: AbortSignal) {
  const where = say("data.meta", { title: nameOfData(expected) });
  const chunks: BlobPart[] = [];
  let byteLength = 0;
  for await (const chunk of openFile(where, `${expected.id}/meta.json`, source, signal)) {
    byteLength += chunk.length;
    if (byteLength > maxMetaBytes) {
      throw refusal(where, say("data.atMostBytes", { byteLength: maxMetaBytes }), say("data.more"), "restore");
    }
    chunks.push(chunk);
  }
  const meta = parseDatasetMeta(parseJson(await new Blob(chunks).text(), where), where);
  const has = JSON.stringify([meta.id, meta.inputShape, meta.classes]);
  const { image, label } = expected.columns;
  const wants = JSON.stringify([expected.id, image?.shape, label?.names]);
  if (has !== wants) throw refusal(where, wants, has, "restore");
  return meta;
}

function parseJson(text: string, where: Said<EngineKey>): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(where, say("data.json"), say("data.quoted", { text: text.slice(0, 40) }), "retry");
  }
}

function checkLabels(where: Said<EngineKey>, labels: Uint8Array, classes: number): void {
  const index = labels.findIndex((label) => label >= classes);
  if (index !== -1) {
    const came = say("data.valueAt", { value: labels[index] ?? NaN, place: index });
    throw refusal(where, say("data.valuesBelow", { most: classes }), came, "retry");
  }
}
