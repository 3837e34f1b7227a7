/** The CPU backend in WebAssembly: the same plans, hot kernels in SIMD, everything in one linear memory that is laid out
 *  when a plan is prepared. Steps without a kernel there run the ops' own TypeScript on views of that memory. */
import { Kernel, LAUNCH_BYTES, type Loop } from "../../../../wasm/codes";
import type { LaunchDetail } from "../../../compile/explain";
import type { Plan } from "../../../compile/plan";
import { ArgumentError, BackendError, REPORT_BUG } from "../../../errors";
import type { CpuKernel, NumericArray } from "../../../graph/kernel";
import type { Node } from "../../../graph/node";
import { elementBytes, type TensorType } from "../../../graph/type";
import { leafName } from "../../../ops/leaf";
import { showShape, sizeOf } from "../../../shape";
import type { Backend, Executable, Profile, StepRow, Tensor, TensorData } from "../../backend";
import { refuseUnbound } from "../../backend";
import type { MemoryLimits, Shortage } from "../../memory";
import { findShortage, refuseShortage } from "../../memory";
import { pulse } from "../../pulse";
import { longestMs } from "../longestMs";
import { profileOnHost } from "../profile";
import { LinearMemory } from "./linearMemory";
import { lowerStep } from "./lower";
import type { HelperTask, StartHelper } from "./helper";
import { mergingWalks } from "./mergeWalks";
import type { WasmLaunch } from "./records";
import type { Kernels, WasmVariant } from "./module";
import { instantiate, loadKernels } from "./module";
import { setLoop } from "./quickerLoop";
import { Records } from "./records";

const names: Readonly<Record<WasmVariant, string>> = {
  relaxed: "WebAssembly with relaxed SIMD",
  simd: "WebAssembly with SIMD",
};

/** How to make the backend. */
export interface WasmOptions {
  /** The instructions to use; the best there are when left out. */
  readonly variant?: WasmVariant;
  /** How many threads, this one included. More than one needs a shared memory and `startHelper`. */
  readonly threads?: number;
  /** Starts a helping thread; see `helper.ts`. */
  readonly startHelper?: StartHelper;
  /** How products are summed; the quicker way when left out. Results are the same. */
  readonly loop?: Loop;
}

/** Makes the backend, or null where WebAssembly has no SIMD. Threads are for callers that may block, as workers may and
 *  a page may not. */
export async function createWasmBackend(options: WasmOptions = {}): Promise<Backend | null> {
  const { variant, startHelper, threads = 1 } = options;
  const isShared = threads > 1 && startHelper !== undefined;
  const loaded = await loadKernels(isShared, variant);
  if (!loaded) return null;
  const memory = new LinearMemory(isShared);
  // Whichever executable runs says what the host does for it.
  let running: ((step: number) => void) | undefined;
  const kernels = await instantiate(loaded, memory.memory, (step) => running?.(step));
  setLoop(kernels, loaded.variant, memory, options.loop);
  const helpers = isShared
    ? await startAll(
        startHelper,
        Array.from({ length: threads - 1 }, (_, i) => {
          return { module: loaded.module, memory: memory.memory, thread: i + 1, threads };
        }),
      )
    : [];
  const limits: MemoryLimits = { valueBytes: Infinity, blockBytes: Infinity, totalBytes: memory.maxBytes };
  const team: Team = { kernels, threads: helpers.length + 1 };
  const runWith = (host: (step: number) => void, work: () => void): void => {
    running = host;
    try {
      work();
    } finally {
      running = undefined;
    }
  };
  return {
    kind: "cpu",
    adapter: `${names[loaded.variant]}, ${team.threads} ${team.threads === 1 ? "thread" : "threads"}`,
    asynchronous: false,
    merging: mergingWalks,
    createTensor: (type, data) => new WasmTensor(memory, type, data),
    shortage: (plan, heldBytes = 0) => findRoom(plan, limits, team.threads, heldBytes),
    prepare: async (plan, leaves) => {
      // What the kernels need beside the arenas is found out by laying it out.
      refuseShortage("CPU", findShortage(plan, limits, 0));
      return new WasmExecutable(plan, leaves, memory, team, runWith);
    },
    idle: async () => {},
    lost: new Promise(() => {}),
    dispose: () => {
      for (const stop of helpers) stop();
    },
  };
}

/** Starts all helpers, or none. @returns what ends each  @throws what the first to fail threw */
async function startAll(startHelper: StartHelper, tasks: readonly HelperTask[]): Promise<readonly (() => void)[]> {
  const started = await Promise.allSettled(tasks.map((task) => startHelper(task)));
  const stops = started.flatMap((helper) => (helper.status === "fulfilled" ? [helper.value] : []));
  const failed = started.find((helper) => helper.status === "rejected");
  if (!failed) return stops;
  for (const stop of stops) stop();
  throw failed.reason;
}

/** As {@link findShortage}, first of the arenas alone, which takes no time, then with all that the kernels need. */
function findRoom(plan: Plan, limits: MemoryLimits, threads: number, heldBytes: number): Shortage | undefined {
  const shortage = findShortage(plan, limits, heldBytes);
  if (shortage) return shortage;
  const records = new Records(undefined, threads);
  layOut(plan, () => 0, records);
  return findShortage(plan, limits, heldBytes, { workingBytes: records.byteLength });
}

/** A plan in memory. */
interface Layout {
  readonly addressOf: (node: Node) => number;
  /** Of each step, in order. */
  readonly launches: readonly (readonly WasmLaunch[])[];
  /** Where the table of all launches is. */
  readonly table: number;
}

/** Lays out everything a plan needs beside its leaves. */
function layOut(plan: Plan, addressOfLeaf: (leaf: Node) => number, records: Records): Layout {
  const arenas = plan.arenas.map((size) => records.room(size * 4));
  const cells = new Map(plan.scalars.map((leaf) => [leaf, records.room(4)]));
  const addressOf = (node: Node): number => {
    const cell = cells.get(node);
    if (cell !== undefined) return cell;
    const place = plan.placements.get(node);
    const base = place?.kind === "arena" ? arenas[place.arena] : place && addressOfLeaf(place.leaf);
    if (!place || base === undefined) {
      throw new BackendError(`CPU: expected a place for ${node.op.name}, got none. ${REPORT_BUG}`);
    }
    return base + place.offset * 4;
  };
  const launches = plan.launches.map((step, i) => lowerStep(step, i, addressOf, records));
  const table = records.words(launches.flat().flatMap(({ kernel, record, units }) => [kernel, record, units]));
  return { addressOf, launches, table };
}

/** The kernels, and how many threads run them. */
interface Team {
  readonly kernels: Kernels;
  readonly threads: number;
}

class WasmTensor implements Tensor {
  readonly shape: readonly number[];
  readonly dtype: TensorType["dtype"];
  readonly address: number;
  readonly #memory: LinearMemory;

  constructor(memory: LinearMemory, { shape, dtype }: TensorType, data?: TensorData) {
    this.shape = shape;
    this.dtype = dtype;
    this.#memory = memory;
    this.address = memory.allocate(sizeOf(shape) * elementBytes(dtype));
    if (data) this.write(data);
  }

  write(data: TensorData, offset = 0): void {
    const length = sizeOf(this.shape);
    if (offset + data.length > length) {
      throw new ArgumentError(
        `write: expected at most ${length} elements for ${showShape(this.shape)}, got ${data.length} from ${offset} on.`,
      );
    }
    this.#memory.view(this.dtype, this.address, length).set(data, offset);
  }

  async read(): Promise<TensorData> {
    return this.#memory.view(this.dtype, this.address, sizeOf(this.shape)).slice();
  }

  dispose(): void {
    this.#memory.release(this.address);
  }
}

class WasmExecutable implements Executable {
  readonly launchesPerRow: number;
  readonly memoryBytes: number;
  readonly launches: readonly LaunchDetail[];
  readonly #plan: Plan;
  readonly #memory: LinearMemory;
  readonly #team: Team;
  readonly #runWith: (host: (step: number) => void, work: () => void) => void;
  readonly #records: Records;
  readonly #layout: Layout;
  readonly #launchCount: number;
  /** Steps left to the host. */
  readonly #hostSteps: readonly number[];
  /** What is bound to views of the memory as it was at `#generation`: the host's kernels, and the step scalars. */
  #hostKernels = new Map<number, CpuKernel>();
  #cells: readonly { readonly name: string; readonly cell: NumericArray }[] = [];
  #generation = -1;
  /** Milliseconds that a launch may take on the slowest of machines. */
  readonly #longestMs: readonly number[];

  constructor(
    plan: Plan,
    leaves: ReadonlyMap<Node, Tensor>,
    memory: LinearMemory,
    team: Team,
    runWith: (host: (step: number) => void, work: () => void) => void,
  ) {
    this.#plan = plan;
    this.#memory = memory;
    this.#team = team;
    this.#runWith = runWith;
    const records = (this.#records = new Records(memory, team.threads));
    try {
      const bound = new Map(plan.leaves.map((leaf) => [leaf, this.#bind(leaf, leaves)]));
      this.#layout = layOut(plan, (leaf) => bound.get(leaf)!.address, records);
    } catch (error) {
      // There was no room, or only in pieces too small.
      this.dispose();
      throw error;
    }
    const { launches } = this.#layout;
    this.#launchCount = launches.flat().length;
    const languages = launches.map((own) =>
      own.some(({ kernel }) => kernel === Kernel.host) ? "JavaScript" : "WebAssembly",
    );
    this.launches = languages.map((variant) => ({ variant }));
    this.#longestMs = plan.launches.map((launch, i) => longestMs(launch, languages[i] ?? "JavaScript"));
    this.#hostSteps = launches
      .flat()
      .filter(({ kernel }) => kernel === Kernel.host)
      .map(({ record }) => record);
    this.launchesPerRow = plan.launches.length;
    this.memoryBytes = records.byteLength;
  }

  run(rows: readonly StepRow[]): void {
    if (rows.length > 1) {
      this.#runEach(rows, this.#layout.table, this.#launchCount);
      return;
    }
    // A step by itself may be a long one.
    let { table } = this.#layout;
    for (const [i, launches] of this.#layout.launches.entries()) {
      pulse(this.#longestMs[i]);
      this.#runEach(rows, table, launches.length);
      table += launches.length * LAUNCH_BYTES;
    }
  }

  profile(row: StepRow, onStep: (index: number) => Promise<void>): Promise<Profile> {
    const { table, launches } = this.#layout;
    const arrayOf = (node: Node) => this.#viewOf(node);
    return profileOnHost(this.#plan, arrayOf, onStep, (index, repeats) => {
      const before = launches.slice(0, index).flat().length;
      pulse(this.#longestMs[index]);
      const rows = Array.from({ length: repeats }, () => row);
      this.#runEach(rows, table + before * LAUNCH_BYTES, launches[index]?.length ?? 0);
    });
  }

  /** Runs a part of the table for each row. */
  #runEach(rows: readonly StepRow[], table: number, launchCount: number): void {
    this.#bindViews();
    const { kernels, threads } = this.#team;
    this.#runWith(
      (step) => this.#hostKernels.get(step)?.(),
      () => {
        for (const row of rows) {
          for (const { name, cell } of this.#cells) cell[0] = row[name] ?? 0;
          kernels.run(table, launchCount, threads);
          pulse();
        }
      },
    );
  }

  async read(output: Node): Promise<TensorData> {
    return this.#viewOf(output).slice();
  }

  dispose(): void {
    this.#records.release();
  }

  #bind(leaf: Node, leaves: ReadonlyMap<Node, Tensor>): WasmTensor {
    const given = leaves.get(leaf);
    if (!given) refuseUnbound(leaf);
    if (!(given instanceof WasmTensor) || given.dtype !== leaf.dtype || sizeOf(given.shape) !== sizeOf(leaf.shape)) {
      throw new ArgumentError(
        `prepare: expected a CPU tensor of ${leaf.dtype} ${showShape(leaf.shape)} for "${leafName(leaf)}", ` +
          `got ${given.dtype} ${showShape(given.shape)}. Make one with this backend's createTensor.`,
      );
    }
    return given;
  }

  /** A value in the memory, as it is now: it moves when it grows. */
  #viewOf(node: Node) {
    return this.#memory.view(node.dtype, this.#layout.addressOf(node), sizeOf(node.shape));
  }

  /** Makes the views of the memory, and again after it has grown. */
  #bindViews(): void {
    if (this.#generation === this.#memory.generation) return;
    this.#generation = this.#memory.generation;
    const array = (node: Node) => this.#viewOf(node);
    this.#cells = this.#plan.scalars.map((node) => ({ name: leafName(node), cell: array(node) }));
    this.#hostKernels = new Map(
      this.#hostSteps.map((index) => {
        const { kernel, inputs, outputs, attrs } = this.#plan.launches[index]!;
        const bound = kernel.cpu({
          inputs: inputs.map(array),
          outputs: outputs.map(array),
          inputTypes: inputs,
          outputTypes: outputs,
          attrs,
          scratch: (length) => new Float32Array(length),
        });
        return [index, bound];
      }),
    );
  }
}
