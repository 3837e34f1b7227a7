/** What goes into a network that was taken out of the page, and what comes out of it: by what inputs are scaled, in which order classes
 *  and tokens are, in which unit numbers come back. Said in one place for the dialog and for all files that have room for it. */
import type { ColumnInfo } from "../data";
import { RARE } from "../data/column";
import { type Shape, sizeOf } from "../shape";
import { tasks } from "../tasks";
import { inSentence } from "../words/en/formats";
import { notes as english } from "../words/en/notes";
import { type Name, nameOf, render, type Said, say } from "../words/said";
import { type ExportedModel, type ExportedNetwork, layersIn } from "./exported";

/** What is said of one network. */
export interface Notes {
  readonly input: readonly (Said | Name)[];
  readonly output: readonly (Said | Name)[];
}

/** How much room there is for that. */
export interface Room {
  /** Names in a list, and columns of a table. */
  readonly names: number;
  readonly columns: number;
  readonly number: (value: number) => string;
}

export const IN_FILES: Room = { names: 10_000, columns: 10_000, number: String };
/** A few names, and numbers with few digits. */
export const ON_SCREEN: Room = { names: 6, columns: 3, number: (value) => String(Number(value.toPrecision(4))) };

/** The column that a network reads; undefined of noise and of other networks. */
export const columnRead = ({ data }: ExportedModel, { reads }: ExportedNetwork): ColumnInfo | undefined =>
  typeof reads === "object" && "column" in reads ? data.columns[reads.column] : undefined;

/** The column that its answers are, or tell. */
export const columnGiven = ({ data }: ExportedModel, { gives }: ExportedNetwork): ColumnInfo | undefined =>
  gives === null ? undefined : data.columns[gives];

/** The names of what is told apart, where the network gives a number for each, or one of two. */
export function classesOf(model: ExportedModel, network: ExportedNetwork): readonly string[] | null {
  const { kind, names } = columnGiven(model, network) ?? {};
  if (!names || (kind !== "class" && kind !== "text")) return null;
  const count = network.output.shape.at(-1);
  return names.length === count || (names.length === 2 && count === 1) ? names : null;
}

/** What goes in and what comes out. */
export function notesOf(model: ExportedModel, network: ExportedNetwork, room = IN_FILES): Notes {
  return { input: inputNotes(model, network, room), output: outputNotes(model, network, room) };
}

const quoted = (name: string): string => JSON.stringify(name);

const listed = (all: readonly string[], { names: most }: Room) => ({
  names: all.slice(0, most).map(quoted),
  more: Math.max(0, all.length - most),
});

function inputNotes(model: ExportedModel, network: ExportedNetwork, room: Room): Notes["input"] {
  const { reads, input } = network;
  const numbers = sizeOf(input.shape);
  if (reads === "noise") return [say("notes.noise", { numbers })];
  const column = columnRead(model, network);
  if (column) return columnNotes(column, input.shape, room);
  const before = model.networks.find(({ name }) => "network" in reads && name === reads.network);
  const from = quoted(before?.name ?? "");
  return before && sizeOf(before.output.shape) > numbers
    ? [say("notes.networkFirst", { network: from, numbers })]
    : [say("notes.network", { network: from })];
}

/** What the numbers of a column are to a network. @param shape of what it reads of it */
function columnNotes(column: ColumnInfo, shape: Shape, room: Room): Said[] {
  const { names, cells, scale } = column;
  if (column.kind === "text") return textNotes(column, shape, room);
  if (cells) return rowNotes(cells, room);
  const isNamed = names !== undefined && names.length === sizeOf(shape);
  const by = `${room.number(scale)}${Number.isInteger(1 / scale) ? ` (1/${1 / scale})` : ""}`;
  return [
    ...(isNamed ? [say("notes.named", listed(names, room))] : formNotes(shape)),
    ...(scale !== 1 ? [say("notes.bytes", { by })] : []),
    ...(cells === null ? [say("notes.lost")] : []),
  ];
}

/** What numbers are by their shape alone. */
function formNotes(shape: Shape): Said[] {
  const [first = 1, width = 1, channels = 1] = shape;
  if (shape.length < 2) return [say("notes.numbers", { numbers: first })];
  if (shape.length === 3) return [say("notes.image", { height: first, width, channels })];
  return [say("notes.steps", { steps: first }), ...formNotes(shape.slice(1))];
}

function rowNotes(cells: NonNullable<ColumnInfo["cells"]>, room: Room): Said[] {
  let at = 0;
  const each = cells.map((cell) => {
    const [from, name] = [at, quoted(cell.name)];
    at += "texts" in cell ? cell.texts.length : 1;
    const place = at - from > 1 ? `${from} to ${at - 1}` : String(from);
    if ("texts" in cell) return say("notes.category", { at: place, name, ...listed(cell.texts, room) });
    const [mean, deviation] = [room.number(cell.mean), room.number(cell.deviation)];
    return say("notes.number", { at: place, name, mean, deviation });
  });
  const columns = each.length - room.columns;
  return [
    say("notes.row", { numbers: at }),
    ...each.slice(0, room.columns),
    ...(columns > 0 ? [say("notes.moreColumns", { columns })] : []),
    ...(cells.some((cell) => "mean" in cell) ? [say("notes.missingNumber")] : []),
    ...(cells.some((cell) => "texts" in cell) ? [say("notes.otherTexts")] : []),
  ];
}

function textNotes(column: ColumnInfo, [steps = 1]: Shape, room: Room): Said[] {
  const { names = [], areWords, padding, end, question } = column;
  const all = names.length;
  const rare = names.indexOf(RARE);
  // Arrays of tokens come without their words.
  const areNumbers = names.every((name, token) => name === String(token));
  return [
    areNumbers
      ? say("notes.tokens", { steps, all })
      : say(areWords ? "notes.words" : "notes.characters", { steps, all, ...listed(names, room) }),
    ...(rare >= 0 ? [say("notes.rare", { at: rare })] : []),
    ...(end === undefined ? [] : [say("notes.ends", { end })]),
    // What ends is filled up behind its end; all others as Keras does.
    ...(padding === undefined || areNumbers
      ? []
      : [say(end === undefined ? "notes.filledInFront" : "notes.filledBehind", { padding })]),
    ...(question === undefined ? [] : [say("notes.question", { tokens: question })]),
  ];
}

/** Whether the last layer's activation makes probabilities. */
function endsInProbabilities({ blocks }: ExportedNetwork): boolean {
  const last = layersIn(blocks.slice(-1)).at(-1);
  return last?.type === "Softmax" || /^(softmax|sigmoid)$/.test(String(last?.config["activation"]));
}

function outputNotes(model: ExportedModel, network: ExportedNetwork, room: Room): Notes["output"] {
  const { description, data } = model;
  const { name, gives, output } = network;
  const column = columnGiven(model, network);
  const classes = classesOf(model, network);
  const isProbability = endsInProbabilities(network);
  if (column?.kind === "text") {
    const [steps = 1] = output.shape;
    return [say("notes.next", { isProbability, steps, all: column.names?.length ?? 0 })];
  }
  if (classes) {
    const [no = "", yes = ""] = classes.map(quoted);
    return output.shape.at(-1) === 1
      ? [say("notes.oneOfTwo", { isProbability, yes, no })]
      : [say("notes.classes", { isProbability, ...listed(classes, room) })];
  }
  if (column?.kind === "value") {
    const names = (column.names ?? [gives ?? ""]).map(quoted);
    if (!column.unit) return [say("notes.value", { names })];
    const [mean, deviation] = [room.number(column.unit.mean), room.number(column.unit.deviation)];
    return [say("notes.deviations", { name: names.join(), mean, deviation })];
  }
  const about = nameOf(`tasks.${description.task.type}.networks.${name}.help`, helpOf(model, network));
  if (column && data.environment) return [about, say("notes.named", listed(column.names ?? [], room))];
  return column ? [say("notes.sample"), ...columnNotes(column, output.shape, room)] : [about];
}

const helpOf = ({ description }: ExportedModel, { name }: ExportedNetwork): string =>
  tasks[description.task.type].networks[name]?.help ?? "";

/** Of a network, in English. */
const written = (what: Said | Name): string => ("path" in what ? what.english : render(what, { notes: english }));

/** The same as entries of a file's metadata, a line for each sentence; where there are several networks, by their names.
 *  @param networks that the file is of */
export function notesAsEntries(
  model: ExportedModel,
  networks: readonly ExportedNetwork[],
  room = IN_FILES,
): Record<string, string> {
  return Object.fromEntries(
    networks.flatMap((network) => {
      const prefix = networks.length > 1 ? `${network.name}.` : "";
      return Object.entries(notesOf(model, network, room)).map(([key, said]: [string, Notes["input"]]) => [
        `${prefix}${key}`,
        said.map(written).join("\n"),
      ]);
    }),
  );
}

/** The same as lines of a comment, none much longer than `width`. */
export function notesAsLines(model: ExportedModel, networks: readonly ExportedNetwork[], width = 120): string[] {
  return networks.flatMap((network) => {
    const { input, output } = notesOf(model, network);
    const part = (title: string, said: Notes["input"]): string[] => [
      networks.length > 1 ? `${network.name}, ${inSentence(title)}:` : `${title}:`,
      ...said.flatMap((each) => wrapped(written(each), width).map((line) => `  ${line}`)),
    ];
    return [...part(english.goesIn, input), ...part(english.comesOut, output)];
  });
}

/** The same for a folder with the data. @param isScaled whether inputs are multiplied as they are read */
export const notesOfData = (model: ExportedModel, isScaled: boolean): string[] => [
  ...notesAsLines(model, model.networks),
  written(isScaled ? say("notes.stored") : say("notes.asRead")),
];

/** A sentence in lines, broken between words, but within no quotes. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.match(/(?:"(?:\\.|[^"\\])*"|\S)+/g) ?? []) {
    const line = `${lines.at(-1) ?? ""} ${word}`;
    if (lines.length > 0 && line.length <= width) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines;
}
