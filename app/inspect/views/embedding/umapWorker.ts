/** A worker that lays samples out by UMAP, with their true nearest neighbours. It tells how far it is, and is ended to cancel it.
 *  Source: McInnes, Healy and Melville 2018. */
export interface UmapQuestion {
  /** `[count, width]` */
  readonly values: Float32Array;
  readonly width: number;
}

export type UmapAnswer = { readonly share: number } | { readonly places: Float32Array<ArrayBuffer> };

const NEIGHBOURS = 15;
/** What part of the time the neighbours take, roughly. */
const PART = 0.3;

const tell = (answer: UmapAnswer): void => postMessage(answer);

self.addEventListener("message", ({ data }: MessageEvent<UmapQuestion>) => void layOut(data));

async function layOut({ values, width }: UmapQuestion): Promise<void> {
  // Beside the worker itself, which a first visit might be thought to fetch.
  const { UMAP } = await import("umap-js");
  const count = values.length / width;
  const nNeighbors = Math.min(NEIGHBOURS, count - 1);
  const umap = new UMAP({ nNeighbors, minDist: 0.1, random: randomFrom(1) });
  const { indices, distances } = neighboursOf(values, width, nNeighbors);
  umap.setPrecomputedKNN(indices, distances);
  const vectors = Array.from({ length: count }, (_, n) => Array.from(values.subarray(n * width, (n + 1) * width)));
  const epochs = umap.initializeFit(vectors);
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    if (epoch % 20 === 0) tell({ share: PART + ((1 - PART) * epoch) / epochs });
  }
  tell({ places: Float32Array.from(umap.getEmbedding().flat()) });
}

/** The nearest of each sample by Euclidean distance, itself first. */
function neighboursOf(values: Float32Array, width: number, most: number) {
  const count = values.length / width;
  const indices: number[][] = [];
  const distances: number[][] = [];
  for (let n = 0; n < count; n++) {
    const squares = new Float64Array(count);
    for (let m = 0; m < count; m++) {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += (values[n * width + i]! - values[m * width + i]!) ** 2;
      squares[m] = m === n ? -1 : sum;
    }
    const nearest = [...squares.keys()].toSorted((a, b) => squares[a]! - squares[b]!).slice(0, most);
    indices.push(nearest);
    distances.push(nearest.map((m) => Math.sqrt(Math.max(0, squares[m]!))));
    if (n % 50 === 0) tell({ share: (PART * n) / count });
  }
  return { indices, distances };
}

/** The same numbers on every visit: mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
