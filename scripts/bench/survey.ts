// The survey of products as `npm run gpu -- --candidates` prints it: one Markdown table, the quickest variant of each product first.
import { presets } from "../../src/engine";
import { surveyGemms, type SurveyRow, type SurveySubject } from "../../src/engine/tools";

const inBatches = (preset: "perceptron" | "convnet", batchSize: number): SurveySubject => {
  const { description } = presets[preset];
  const training = { ...description.training, batchSize };
  return { name: `${preset}-b${batchSize}`, of: { ...description, training } };
};

/** All that can be surveyed, the most telling first: there may not be time for all. */
export const surveySubjects: readonly SurveySubject[] = [
  inBatches("convnet", 32),
  inBatches("perceptron", 128),
  { name: "two-hidden", of: presets["two-hidden"].description },
  inBatches("convnet", 128),
  // Two forward products that are starved of workgroups, without what finishes them, so that they may be split.
  { name: "plain-dense", of: { m: 128, n: 128, k: 784 } },
  { name: "plain-conv2d_2", of: { m: 288, n: 64, k: 576 } },
  ...[256, 512, 1024, 2048].map((rows) => ({ name: `matmul-${rows}`, of: { m: rows, n: rows, k: rows } })),
];

/** Surveys the named subjects and prints the table. What is marked by `*` is the engine's own choice. */
export async function survey(gpu: GPU, names: readonly string[], budgetMs: number): Promise<readonly SurveyRow[]> {
  const startedMs = performance.now();
  const rows: SurveyRow[] = [];
  const subjects = surveySubjects.filter(({ name }) => names.includes(name));
  // What was measured before a failure is worth printing too.
  const failure: unknown = await surveyGemms(gpu, subjects, budgetMs, (row) => rows.push(row)).catch(
    (error: unknown) => error,
  );
  const products = new Map<string, SurveyRow[]>();
  for (const row of rows) {
    const product = `${row.subject} | ${row.role} | ${row.size}`;
    products.set(product, [...(products.get(product) ?? []), row]);
  }
  console.log("| subject | role | batch x M x N x K | variant | parts | workgroups | µs | µs of sums |  |");
  console.log("|---|---|---|---|--:|--:|--:|--:|---|");
  for (const [product, variants] of products) {
    for (const { variant, parts, workgroups, us, sumUs, isDefault } of variants.toSorted((a, b) => a.us - b.us)) {
      const times = `${us.toFixed(1)} | ${sumUs.toFixed(1)}`;
      console.log(`| ${product} | ${variant} | ${parts} | ${workgroups} | ${times} | ${isDefault ? "*" : ""} |`);
    }
  }
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(`\n${rows.length} variants of ${products.size} products in ${seconds.toFixed(1)} s\n`);
  if (failure !== undefined) console.error(failure);
  return rows;
}
