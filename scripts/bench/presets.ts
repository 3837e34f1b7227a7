// Presets as `npm run gpu -- --presets N` trains them: each for N steps on the GPU and on one CPU thread, from the same seed and the same
// samples, then on alone on the GPU to be timed.
import { type ByteSource, english, type PresetId, presets, Trainer, type TrainerEvent } from "../../src/engine";

/** A difference relative to the CPU's number, which counts as 0.01 at least. */
interface Difference {
  /** Figure and step, or the tensor's name. */
  readonly where: string;
  readonly off: number;
}

/** What a preset did on the GPU. */
export interface PresetRow {
  readonly preset: PresetId;
  /** Launches a step. */
  readonly launches: number;
  readonly readyMs: number;
  readonly msPerStep: number;
  /** The first step's figures: forward pass and loss alone. */
  readonly first: Difference;
  /** The figures of all steps. */
  readonly all: Difference;
  /** Of each tensor after the last compared step, as norm of the difference over norm. */
  readonly weights: Difference;
  readonly said: readonly string[];
}

/** Steps timed after those that are compared. */
const TIMED_STEPS = 200;

type Scores = Map<string, number>;

async function run(id: PresetId, source: ByteSource, steps: number, gpu: GPU | undefined) {
  const trainer = new Trainer({ gpu, openSource: () => source });
  const scores: Scores = new Map();
  const said: string[] = [];
  let elapsedMs = NaN;
  trainer.listen((event: TrainerEvent) => {
    if (event.type === "notice") said.push(`${event.notice.severity}: ${english(event.notice.said)}`);
    if (event.type === "status") ({ elapsedMs } = event.status);
    if (event.type !== "steps") return;
    const { first, count, values } = event.steps;
    for (const [name, column] of Object.entries(values))
      for (let i = 0; i < count; i++) scores.set(`${first + i} ${name}`, column[i] ?? NaN);
  });
  const startedMs = performance.now();
  await trainer.prepare(presets[id].description, { backend: gpu ? "webgpu" : "cpu", datasetsUrl: "", threads: 1 });
  const readyMs = performance.now() - startedMs;
  await trainer.train(steps);
  const weights = (await trainer.session?.weights()) ?? {};
  const told = new Map(scores);
  const plan = gpu && (await trainer.explain());
  const comparedMs = elapsedMs;
  if (gpu) await trainer.train(steps + TIMED_STEPS);
  const msPerStep = (elapsedMs - comparedMs) / TIMED_STEPS;
  await trainer.dispose();
  return { scores: told, weights, said, readyMs, msPerStep, launches: plan?.plan.launches.length ?? 0 };
}

const norm = (numbers: Float64Array): number => Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0));

/** The largest of some differences. NaN is larger than any number. */
function largest(differences: readonly Difference[]): Difference {
  return differences.reduce((most, one) => (one.off <= most.off || Number.isNaN(most.off) ? most : one), {
    where: "",
    off: 0,
  });
}

function compareScores(gpu: Scores, cpu: Scores, isWanted: (where: string) => boolean): Difference {
  const wheres = [...new Set([...cpu.keys(), ...gpu.keys()])].filter(isWanted);
  return largest(
    wheres.map((where) => {
      const [a, b] = [gpu.get(where) ?? NaN, cpu.get(where) ?? NaN];
      return { where, off: Number.isNaN(a) && Number.isNaN(b) ? 0 : Math.abs(a - b) / Math.max(Math.abs(b), 0.01) };
    }),
  );
}

const percent = (off: number): string => (off === 0 ? "0" : off.toExponential(1));

/** Trains presets and prints a table. What differs by more than a thousandth is said below it. */
export async function comparePresets(gpu: GPU, source: ByteSource, ids: readonly PresetId[], steps: number) {
  const rows: PresetRow[] = [];
  console.log(`## Presets, ${steps} steps on the GPU and on the CPU\n`);
  console.log("| preset | launches | ready in ms | ms a step | off, first step | off, all steps | off, weights |");
  console.log("|---|--:|--:|--:|--:|--:|--:|");
  for (const preset of ids) {
    const one = await run(preset, source, steps, gpu);
    const other = await run(preset, source, steps, undefined);
    const weights = largest(
      Object.entries(other.weights).map(([where, { data }]) => {
        const got = one.weights[where]?.data;
        const off = norm(Float64Array.from(data, (x, i) => (got?.[i] ?? NaN) - x));
        return { where, off: off / Math.max(norm(Float64Array.from(data)), 0.01) };
      }),
    );
    const first = compareScores(one.scores, other.scores, (where) => where.startsWith("1 "));
    const all = compareScores(one.scores, other.scores, () => true);
    const { launches, readyMs, msPerStep, said } = one;
    rows.push({ preset, launches, readyMs, msPerStep, first, all, weights, said });
    console.log(
      `| ${preset} | ${launches} | ${readyMs.toFixed(0)} | ${msPerStep.toFixed(3)} | ${percent(first.off)} | ` +
        `${percent(all.off)} (${all.where}) | ${percent(weights.off)} (${weights.where}) |`,
    );
    for (const line of said) console.error(`${preset}: ${line}`);
  }
  console.log();
  return rows;
}
