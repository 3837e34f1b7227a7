/** C: a header for each network with floats, one with weights of 8 bits, and a program that checks both on samples. */
import { strToU8 } from "fflate";
import { sizeOf } from "../../shape";
import { say } from "../../words/said";
import { headerOf } from "../c/source";
import { arrayText, literal, withRoundedWeights } from "../c/weights";
import type { ExportedModel, ExportedNetwork } from "../exported";
import { notesAsLines } from "../notes";
import { lowerNetwork } from "../portable/lower";
import type { Program } from "../portable/program";
import { makeRuntime } from "../portable/runtime";
import { numbersOf } from "../samples";
import { type ExportFormat, type Files, type NetworkSamples, numbersIn, stemOf, withoutSteps } from "./format";

/** Compilers take their time over larger ones, and chips have no room for them. */
const MAX_NUMBERS = 2_000_000;
/** Samples in the test vector. */
const MAX_SAMPLES = 10;

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => strToU8(text) as Uint8Array<ArrayBuffer>;

/** A name in C. */
const identifier = (name: string): string => `net_${name}`.replace(/\W/g, "_");

/** What a program gives for samples. */
function answersOf(program: Program, { inputs, count }: NetworkSamples): Float32Array {
  const run = makeRuntime();
  const [numbers, read, made] = [numbersOf(program.weights), sizeOf(program.input.shape), sizeOf(program.output.shape)];
  const all = new Float32Array(count * made);
  for (let i = 0; i < count; i++) all.set(run(program, numbers, inputs.subarray(i * read, (i + 1) * read)), i * made);
  return all;
}

/** The first few of samples. */
function fewOf({ network, count, inputs, outputs }: NetworkSamples): NetworkSamples {
  const few = Math.min(count, MAX_SAMPLES);
  const share = few / Math.max(count, 1);
  return {
    network,
    count: few,
    inputs: inputs.subarray(0, Math.round(inputs.length * share)),
    outputs: outputs.subarray(0, Math.round(outputs.length * share)),
  };
}

const checkOf = (
  names: readonly string[],
  count: number,
): string => `/* Runs the headers beside it on samples, and says how far they are from the page's answers; of numbers above 1, what share of
   them that is:
   cc -std=c99 -O2 check.c -o check -lm && ./check */
${names.flatMap((name) => [`#include "${name}.h"`, `#include "${name}_int8.h"`, `#include "${name}_test.h"`]).join("\n")}
#include <stdio.h>

#define SAMPLES ${count}

static double farthest(void (*run)(const float *, float *), const float *inputs, int reads, const float *wanted, int gives, float *made) {
  double most = 0;
  for (int i = 0; i < SAMPLES; i++) {
    run(inputs + i * reads, made);
    for (int k = 0; k < gives; k++) {
      double size = fabs((double)wanted[i * gives + k]);
      double off = fabs((double)made[k] - wanted[i * gives + k]) / (size > 1 ? size : 1);
      if (!(off <= most)) most = off;
    }
  }
  return most;
}

int main(void) {
  int failed = 0;
${names
  .map(
    (name) => `  {
    static float made[${name.toUpperCase()}_OUTPUTS];
    double whole = farthest(${name}_run, ${name}_inputs, ${name.toUpperCase()}_INPUTS, ${name}_outputs, ${name.toUpperCase()}_OUTPUTS, made);
    double small = farthest(${name}_int8_run, ${name}_inputs, ${name.toUpperCase()}_INPUTS, ${name}_int8_outputs, ${name.toUpperCase()}_OUTPUTS, made);
    double lost = farthest(${name}_int8_run, ${name}_inputs, ${name.toUpperCase()}_INPUTS, ${name}_outputs, ${name.toUpperCase()}_OUTPUTS, made);
    printf("${name}: largest difference on %d samples %.3g; with weights of 8 bits %.3g, from the whole ones %.3g\\n", SAMPLES, whole, small, lost);
    if (!(whole < 1e-4 && small < 1e-4)) failed = 1;
  }`,
  )
  .join("\n")}
  return failed;
}
`;

const testOf = (name: string, samples: NetworkSamples, program: Program): string => {
  const floats = (values: ArrayLike<number>): string[] => Array.from(values, literal);
  const small = answersOf(withRoundedWeights(program), samples);
  return `/* Samples, and what the page gives for them. */
${arrayText("float", `${name}_inputs`, floats(samples.inputs))}
${arrayText("float", `${name}_outputs`, floats(samples.outputs))}
/* The same with weights of 8 bits. */
${arrayText("float", `${name}_int8_outputs`, floats(small))}
`;
};

function filesOf(model: ExportedModel, network: ExportedNetwork, samples: NetworkSamples | undefined): Files {
  const program = lowerNetwork(network);
  const name = identifier(network.name);
  const about = [model.description.name, ...notesAsLines(model, [network])];
  return {
    [`${name}.h`]: bytesOf(headerOf(name, program, "float", about)),
    [`${name}_int8.h`]: bytesOf(headerOf(`${name}_int8`, program, "int8", about)),
    ...(samples && { [`${name}_test.h`]: bytesOf(testOf(name, samples, program)) }),
  };
}

/** Headers that include nothing but the standard library. */
export const c: ExportFormat = {
  title: "C header",
  help: "For chips and C programs: one header with floats, one with 8-bit weights, no library, and check.c to try both.",
  ending: "zip",
  carriesSamples: true,
  refusals: (model) => {
    const refused = withoutSteps(model);
    return numbersIn(model) > MAX_NUMBERS
      ? [...refused, { name: stemOf(model), why: say("exports.tooLargeForC", { most: MAX_NUMBERS }) }]
      : refused;
  },
  write: async (model, samples) => {
    const few = samples.map(fewOf);
    const names = model.networks.map(({ name }) => identifier(name));
    const files = model.networks.map((network) =>
      filesOf(
        model,
        network,
        few.find((own) => own.network === network.name),
      ),
    );
    const isChecked = few.length === names.length;
    return {
      ...Object.fromEntries(files.flatMap((own) => Object.entries(own))),
      ...(isChecked && { "check.c": bytesOf(checkOf(names, few[0]?.count ?? 0)) }),
    };
  },
};
