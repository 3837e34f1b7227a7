/** Merges launches: independent ones side by side, small ones one after another in one workgroup, and
 *  those that compute an operand instead of loading it. Each stays a list of launches to the CPU and becomes one shader. */
import { REPORT_BUG } from "../errors";
import type { CpuKernel, NumericArray, ShaderPart, WgslArgs, WgslElement, WgslProgram } from "../graph/kernel";
import type { Kernel } from "../graph/node";
import type { TensorType } from "../graph/type";
import { part, WORKGROUP_SIZE } from "../ops/wgsl";
import { sizeOf } from "../shape";
import type { Launch } from "./plan";
import { resultOf } from "./plan";

/** Independent launches as one launch, each with workgroups of its own. */
export function sideBySide(members: readonly Launch[]): Launch {
  const [only, ...others] = members;
  return only && others.length === 0 ? only : combined(members, " | ", programsAlike, sideBySideRun);
}

/** Launches as one launch of one workgroup, which does them in order. What one makes, later ones may read. */
export function inSequence(members: readonly Launch[]): Launch {
  const [only, ...others] = members;
  return only && others.length === 0 ? only : combined(members, " > ", smallPrograms, sequenceRun);
}

/** Launches that walk the same rows as one launch, in which whoever makes a row reads on in it. */
export function alongRows(members: readonly Launch[]): Launch {
  const [only, ...others] = members;
  return only && others.length === 0 ? only : combined(members, " > ", rowPrograms, rowRun);
}

/** `reader` with its input `index` computed by `producer` where it is read: element by element, or, where the reader
 *  walks along samples, row by row. */
export function withInlined(
  reader: Launch,
  index: number,
  producer: Launch,
  by: "element" | "rows" = "element",
): Launch {
  const spliced = <T>(own: readonly T[], inner: readonly T[]): T[] => [
    ...own.slice(0, index),
    ...inner,
    ...own.slice(index + 1),
  ];
  const count = producer.inputs.length;
  const type = resultOf(producer);
  const readerTypes = (types: readonly TensorType[]): TensorType[] => [
    ...types.slice(0, index),
    reader.inputs[index]!,
    ...types.slice(index + count),
  ];
  const readerArgs = (args: WgslArgs): WgslArgs => ({
    ...args,
    attrs: reader.attrs,
    inputTypes: readerTypes(args.inputTypes),
  });
  const inline = (own: WgslElement, args: WgslArgs): WgslElement => {
    const inputTypes = args.inputTypes.slice(index, index + count);
    const made = producer.kernel[by]?.({ ...args, attrs: producer.attrs, inputTypes, outputTypes: [type] });
    const binding = own.inputs[index];
    if (!made || !binding) {
      const [from, to] = [producer.kernel.name, reader.kernel.name];
      const came = made ? `a shader of ${to} without that input` : `a kernel of ${from} without \`${by}\``;
      throw new Error(`inline: expected ${from} to be computed as input ${index} of ${to}, got ${came}. ${REPORT_BUG}`);
    }
    const { name } = binding;
    // The prefix makes the producer's `start` the `NAME_start` of the reader.
    const inner = renamed(made, `${name}_`);
    const wanted = binding.element ?? (type.dtype === "f32" ? "f32" : "u32");
    const call = `${name}_${by === "rows" ? "value" : "element"}(i)`;
    const value = wanted === "u32" && type.dtype === "f32" ? `bitcast<u32>(${call})` : call;
    const four = [0, 1, 2, 3].map((k) => `${name}(i + ${k}u)`).join(", ");
    const reads = [
      `fn ${name}(i: u32) -> ${wanted} { return ${value}; }\n`,
      binding.vector ? `fn ${name}_four(i: u32) -> vec4<f32> { return vec4<f32>(${four}); }\n` : "",
    ];
    return {
      inputs: spliced(own.inputs, inner.inputs),
      constants: { ...inner.constants, ...own.constants },
      parts: withoutRepeats([...inner.parts, part("(generated operand)", reads.join("")), ...own.parts]),
    };
  };
  const { element, walksRows } = reader.kernel;
  const kernel: Kernel = {
    name: reader.kernel.name,
    cpu: (args) => {
      const size = sizeOf(type.shape);
      const value: NumericArray = type.dtype === "f32" ? args.scratch(size) : new Uint32Array(size);
      const produce = producer.kernel.cpu({
        ...args,
        attrs: producer.attrs,
        inputs: args.inputs.slice(index, index + count),
        inputTypes: args.inputTypes.slice(index, index + count),
        outputs: [value],
        outputTypes: [type],
      });
      const read = reader.kernel.cpu({
        ...args,
        attrs: reader.attrs,
        inputs: [...args.inputs.slice(0, index), value, ...args.inputs.slice(index + count)],
        inputTypes: readerTypes(args.inputTypes),
      });
      return () => {
        produce();
        read();
      };
    },
    wgsl: (args) => {
      const own = reader.kernel.wgsl(readerArgs(args));
      return { ...own, ...inline(own, args) };
    },
    ...(element && {
      element: (args: WgslArgs) => inline(element(readerArgs(args)), args),
    }),
    ...(reader.kernel.rereads && { rereads: true }),
    ...(walksRows && {
      walksRows: (types: readonly TensorType[]) => {
        const { rows, inRows } = walksRows(readerTypes(types), reader.attrs);
        const ofProducer = readInStep(producer).map((isInStep) => isInStep && inRows[index]!);
        return { rows, inRows: spliced(inRows, ofProducer) };
      },
    }),
    ...(readsAllOnce(reader) && { readsOnce: true }),
    ...inPlaceWith(reader.kernel, index, producer),
  };
  const inputs = spliced(reader.inputs, producer.inputs);
  return { ...reader, kernel, attrs: {}, inputs, fuses: [producer, reader] };
}

/** For each input of a launch, whether only the same element of it is read to make an element. */
export const readInStep = (launch: Launch): boolean[] =>
  launch.inputs.map(({ shape }) => isInStepWith(launch, sizeOf(shape)));

const isInStepWith = (launch: Launch, size: number): boolean =>
  launch.kernel.inPlace === "elementwise" && sizeOf(resultOf(launch).shape) === size;

/** Whether a launch reads each element of an input of this size about once. */
export const readsOnce = (launch: Launch, size: number): boolean => isInStepWith(launch, size) || readsAllOnce(launch);

const readsAllOnce = ({ kernel, attrs, inputs }: Launch): boolean =>
  kernel.readsOnce === true || kernel.form?.(inputs, attrs)?.kind === "reduction";

/** What a kernel may still overwrite when one of its inputs is computed where it is read. */
function inPlaceWith({ inPlace }: Kernel, index: number, producer: Launch): Pick<Kernel, "inPlace"> {
  const { kernel, inputs } = producer;
  // An input that moved behind the inlined ones is still the one whose memory is taken over.
  if (typeof inPlace === "number") return { inPlace: inPlace > index ? inPlace + inputs.length - 1 : inPlace };
  // A value that is read out of order, as a transpose does, is not read element by element any more.
  const size = sizeOf(resultOf(producer).shape);
  const isInOrder = kernel.inPlace === "elementwise" || inputs.every(({ shape }) => sizeOf(shape) !== size);
  return inPlace === "elementwise" && isInOrder ? { inPlace } : {};
}

function combined(
  members: readonly Launch[],
  separator: string,
  programsOf: (members: readonly Launch[], args: WgslArgs) => readonly WgslProgram[],
  run: (programs: readonly WgslProgram[], dearBarriers: boolean) => Pick<WgslProgram, "parts" | "workgroups">,
): Launch {
  const each = <T>(inputs: readonly unknown[], outputs: readonly unknown[], visit: Visit<T>): T[] => {
    let input = 0;
    let output = 0;
    return members.map((member) => {
      const from = { input, output };
      input += member.inputs.length;
      output += member.outputs.length;
      return visit(member, inputs.slice(from.input, input), outputs.slice(from.output, output));
    });
  };
  const kernel: Kernel = {
    name: members.map((member) => member.kernel.name).join(separator),
    cpu: (args) => {
      const runs: CpuKernel[] = each(args.inputs, args.outputs, (member, inputs, outputs) =>
        member.kernel.cpu({
          ...args,
          attrs: member.attrs,
          inputs: inputs as NumericArray[],
          inputTypes: member.inputs,
          outputs: outputs as NumericArray[],
          outputTypes: member.outputs,
        }),
      );
      return () => {
        for (const runMember of runs) runMember();
      };
    },
    wgsl: (args) => {
      const made = programsOf(members, args);
      const threads = Math.max(...made.map(threadsOf));
      // Where workgroups differ in size, each member has its own constant for it.
      const programs = made.map((program, i) => {
        const constants = threadsOf(program) < threads ? { THREADS: threadsOf(program) } : {};
        return renamed({ ...program, constants: { ...constants, ...program.constants } }, `m${i}_`);
      });
      const { parts, workgroups } = run(programs, args.dearBarriers ?? false);
      return {
        inputs: programs.flatMap(({ inputs }) => inputs),
        outputs: programs.flatMap(({ outputs }) => outputs),
        constants: Object.assign({}, ...programs.map(({ constants }) => constants)) as WgslProgram["constants"],
        parts: withoutRepeats([...programs.flatMap((program) => program.parts), ...parts]),
        workgroups,
        threads,
        enables: [...new Set(programs.flatMap(({ enables = [] }) => enables))],
      };
    },
  };
  return {
    kernel,
    attrs: {},
    inputs: members.flatMap(({ inputs }) => inputs),
    outputs: members.flatMap(({ outputs }) => outputs),
    label: labelOf(members),
    members,
  };
}

/** What launches are called together. */
export function labelOf(launches: readonly Launch[]): string {
  return [...new Set(launches.map(({ label }) => label).filter((label) => label !== ""))].join(", ");
}

/** `making`, whose stores to some outputs are handed to `passing` instead, which reads what it is handed as its input `index`.
 *  @param stores what is done in place of storing `value` at `i`, for each of these outputs by its index. The names of
 *  `passing` start with `then_`. */
export function passingStores(
  making: WgslProgram,
  passing: WgslElement & Partial<Pick<WgslProgram, "outputs">>,
  index: number,
  stores: ReadonlyMap<number, string>,
): WgslProgram {
  const first = renamed(making, "made_");
  const then = renamed(passing, "then_");
  const text = [
    `var<private> passed: f32;\n`,
    `fn ${then.inputs[index]!.name}(i: u32) -> f32 { return passed; }\n`,
    ...[...stores].map(
      ([output, store]) =>
        `fn set_${first.outputs[output]!.name}(i: u32, value: f32) {\n  passed = value;\n  ${store}\n}\n`,
    ),
    `fn run(workgroup: u32, lane: u32) {\n  made_run(workgroup, lane);\n}\n`,
  ].join("");
  return {
    ...first,
    inputs: [...first.inputs, ...then.inputs.filter((_, i) => i !== index)],
    outputs: [...first.outputs.filter((_, i) => !stores.has(i)), ...(then.outputs ?? [])],
    constants: { ...first.constants, ...then.constants },
    parts: withoutRepeats([...then.parts, part("(generated store)", text), ...first.parts]),
  };
}

/** The arguments of `run` for the thread that does an element of an element-wise launch. */
export const threadOf = (element: string): string =>
  `(${element}) >> ${Math.log2(WORKGROUP_SIZE)}u, (${element}) & ${WORKGROUP_SIZE - 1}u`;

type Visit<T> = (member: Launch, inputs: readonly unknown[], outputs: readonly unknown[]) => T;

const threadsOf = ({ threads = WORKGROUP_SIZE }: WgslProgram): number => threads;

const hasBarriers = ({ parts }: WgslProgram): boolean => parts.some(({ text }) => text.includes("Barrier("));

/** The arguments with which a launch's kernel is asked for its shader, among those of the merged launch. */
export function argsOf({ attrs, inputs, outputs }: Launch, args: WgslArgs): WgslArgs {
  return { ...args, attrs, inputTypes: inputs, outputTypes: outputs };
}

function programsFor(members: readonly Launch[], args: WgslArgs): WgslProgram[] {
  return members.map((member) => member.kernel.wgsl(argsOf(member, args)));
}

/** Programs in workgroups of the usual size. */
function smallPrograms(members: readonly Launch[], args: WgslArgs): WgslProgram[] {
  return programsFor(members, { ...args, mostThreads: WORKGROUP_SIZE });
}

/** Programs that one launch has room for: it has one size of workgroup, and of those that want a smaller one it can only
 *  run several in one if their threads do not wait for each other. */
function programsAlike(members: readonly Launch[], args: WgslArgs): WgslProgram[] {
  const programs = programsFor(members, args);
  const threads = Math.max(...programs.map(threadsOf));
  const isAlike = programs.every((program) => threadsOf(program) === threads || !hasBarriers(program));
  return isAlike ? programs : smallPrograms(members, args);
}

function sideBySideRun(programs: readonly WgslProgram[]): Pick<WgslProgram, "parts" | "workgroups"> {
  const threads = Math.max(...programs.map(threadsOf));
  let first = 0;
  const branches = programs.map((program, i) => {
    const own = threadsOf(program);
    const together = threads / own;
    const [group, lane] =
      together === 1
        ? [`workgroup - ${first}u`, "lane"]
        : [`(workgroup - ${first}u) * ${together}u + lane / ${own}u`, `lane % ${own}u`];
    first += Math.ceil(program.workgroups / together);
    return `if (workgroup < ${first}u) {\n    m${i}_run(${group}, ${lane});\n  }`;
  });
  const text = `fn run(workgroup: u32, lane: u32) {\n  ${branches.join(" else ")}\n}\n`;
  return { parts: [part("(generated launch)", text)], workgroups: first };
}

/** Programs in which as many threads share a row as in the one that has most of them. */
function rowPrograms(members: readonly Launch[], args: WgslArgs): WgslProgram[] {
  const lanes = smallPrograms(members, args).map((program) => program.lanes ?? 1);
  return smallPrograms(members, { ...args, lanes: Math.max(...lanes) });
}

function rowRun(programs: readonly WgslProgram[]): Pick<WgslProgram, "parts" | "workgroups"> {
  // A thread that has its rows to itself waits for none.
  const wait = programs.some(hasBarriers) ? "  workgroupBarrier();\n  storageBarrier();\n" : "";
  const runs = programs.map((_, i) => `  m${i}_run(workgroup, lane);\n`);
  const text = `fn run(workgroup: u32, lane: u32) {\n${runs.join(wait)}}\n`;
  return { parts: [part("(generated launch)", text)], workgroups: programs[0]!.workgroups };
}

function sequenceRun(
  programs: readonly WgslProgram[],
  dearBarriers: boolean,
): Pick<WgslProgram, "parts" | "workgroups"> {
  if (dearBarriers && !programs.some(hasBarriers)) return soloRun(programs);
  const runs = programs.map(
    ({ workgroups }, i) =>
      `  for (var w = 0u; w < ${workgroups}u; w++) {\n    m${i}_run(w, lane);\n    workgroupBarrier();\n  }\n` +
      `  storageBarrier();\n`,
  );
  const text = `fn run(workgroup: u32, lane: u32) {\n  if (workgroup > 0u) {\n    return;\n  }\n${runs.join("")}}\n`;
  return { parts: [part("(generated launch)", text)], workgroups: 1 };
}

/** One thread that does the work of all, and so waits for none. */
function soloRun(programs: readonly WgslProgram[]): Pick<WgslProgram, "parts" | "workgroups"> {
  const runs = programs.map(
    ({ workgroups }, i) =>
      `  for (var t = 0u; t < ${workgroups * 64}u; t++) {\n    m${i}_run(t / 64u, t % 64u);\n  }\n`,
  );
  const text = `fn run(workgroup: u32, lane: u32) {\n  if (workgroup > 0u || lane > 0u) {\n    return;\n  }\n${runs.join("")}}\n`;
  return { parts: [part("(generated launch)", text)], workgroups: 1 };
}

/** The same text with a prefix before every name that it declares, so that it can stand beside others. */
export function renamed<P extends WgslElement & Partial<Pick<WgslProgram, "outputs">>>(program: P, prefix: string): P {
  const names = [
    ...Object.keys(program.constants),
    ...program.inputs.flatMap(({ name }) => [name, `${name}_four`, `${name}_start`]),
    ...program.parts.flatMap(({ text, shared }) =>
      shared ? [] : [...text.matchAll(/^(?:fn|const|struct|alias|var<private>) (\w+)/gm)].map((match) => match[1]!),
    ),
  ];
  const setters = new Map(program.outputs?.map(({ name }) => [`set_${name}`, `set_${prefix}${name}`]));
  // Not after a dot: members and swizzles are no names of the module's.
  const known = new RegExp(`(?<![.\\w])(?:${[...names, ...setters.keys()].join("|")})(?!\\w)`, "g");
  const rename = (text: string): string => text.replace(known, (name) => setters.get(name) ?? prefix + name);
  const bindings = <B extends { readonly name: string }>(list: readonly B[]): B[] =>
    list.map((binding) => ({ ...binding, name: prefix + binding.name }));
  return {
    ...program,
    inputs: bindings(program.inputs),
    ...(program.outputs && { outputs: bindings(program.outputs) }),
    constants: Object.fromEntries(Object.entries(program.constants).map(([name, value]) => [prefix + name, value])),
    parts: program.parts.map((own) => (own.shared ? own : { ...own, text: rename(own.text) })),
  };
}

/** Libraries once each, and each workgroup variable once, as long as the longest: members that declare the same one never use
 *  it at the same time, since they run in different workgroups or with barriers between. */
export function withoutRepeats(parts: readonly ShaderPart[]): ShaderPart[] {
  const declaration = /^var<workgroup> (\w+): array<(.*), (\d+)>;$/gm;
  const longest = new Map<string, { element: string; length: number }>();
  for (const [, name, element, digits] of parts.flatMap(({ text }) => [...text.matchAll(declaration)])) {
    const known = longest.get(name!);
    if (known && known.element !== element) {
      throw new Error(
        `combine: expected workgroup variables ${name} to be of one type in a launch, ` +
          `got ${known.element} and ${element}. One of the shaders must name its own differently. ${REPORT_BUG}`,
      );
    }
    longest.set(name!, { element: element!, length: Math.max(known?.length ?? 0, Number(digits)) });
  }
  const seen = new Set<string>();
  return parts.flatMap((own) => {
    if (own.shared) {
      if (seen.has(own.text)) return [];
      seen.add(own.text);
      return [own];
    }
    const text = own.text.replace(declaration, (_, name: string, element: string) => {
      if (seen.has(name)) return "";
      seen.add(name);
      return `var<workgroup> ${name}: array<${element}, ${longest.get(name)?.length}>;`;
    });
    return [{ ...own, text }];
  });
}
