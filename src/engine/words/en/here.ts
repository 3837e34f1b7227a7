/** English: what a layer does to the very shape that it is given, after the sentence about it. */
import type { Counts, Shapes } from "../values";
import { formats } from "./formats";

const { count, number, shape } = formats;

type Flags<K extends string> = Readonly<Record<K, boolean>>;

const many = (of: number, one: string, more = `${one}s`): string => `${count(of)} ${of === 1 ? one : more}`;
const eachOf = (of: number, one: string): string => (of === 1 ? `one ${one}` : `each of ${many(of, one)}`);
/** Steps of a series, or places of an image. */
const spread = (places: readonly number[]): string =>
  places.length === 1 ? many(places[0] ?? 0, "step") : `${shape(places)} places`;
const atEach = (places: readonly number[], otherwise = ""): string =>
  places.length === 0 ? otherwise : ` at each of ${spread(places)}`;

export const here = {
  each: ({ numbers, of }: Counts<"numbers"> & Shapes<"of">) =>
    `Here it changes ${eachOf(numbers, "number")} by itself${of.length < 2 ? "" : `, and the shape stays ${shape(of)}`}.`,
  weighed: ({ inputs, units, at }: Counts<"inputs" | "units"> & Shapes<"at">) =>
    `Here it weighs ${many(inputs, "number")} for ${eachOf(units, "unit")}${at.length === 0 ? "" : `, alike${atEach(at)}`}.`,
  filtered: ({ filters, kernel, at }: Counts<"filters"> & Shapes<"kernel" | "at">) =>
    `Here it lays ${many(filters, "filter")} of ${shape(kernel)} on ${spread(at)}.`,
  filteredApart: ({ filters, kernel, at, channels }: Counts<"filters" | "channels"> & Shapes<"kernel" | "at">) =>
    `Here it lays ${many(filters, "filter")} of ${shape(kernel)} on ${spread(at)} of ${eachOf(channels, "channel")}.`,
  filteredAndMixed: ({
    filters,
    kernel,
    at,
    channels,
    mixed,
  }: Counts<"filters" | "channels" | "mixed"> & Shapes<"kernel" | "at">) =>
    `Here it lays ${many(filters, "filter")} of ${shape(kernel)} on ${spread(at)} of ${eachOf(channels, "channel")}, ` +
    `then mixes them into ${many(mixed, "channel")}.`,
  painted: ({ from, kernel, to }: Shapes<"from" | "kernel" | "to">) =>
    `Here it paints ${shape(kernel)} around each of ${spread(from)}, which makes ${shape(to)}.`,
  pooled: ({ from, to, channels }: Shapes<"from" | "to"> & Counts<"channels">) =>
    `Here it makes ${spread(to)} of ${shape(from)}, in ${eachOf(channels, "channel")}.`,
  pooledAll: ({ from, channels }: Shapes<"from"> & Counts<"channels">) =>
    `Here it makes one number of ${spread(from)}, for ${eachOf(channels, "channel")}.`,
  read: ({
    steps,
    inputs,
    units,
    givesEach,
    isBackwards,
  }: Counts<"steps" | "inputs" | "units"> & Flags<"givesEach" | "isBackwards">) =>
    `Here it reads ${many(steps, "step")} of ${many(inputs, "number")}${isBackwards ? ", the last one first," : ""} ` +
    `and gives ${many(units, "number")} ${givesEach ? "after each" : "in the end"}.`,
  lookedUp: ({ tokens, rows, width }: Counts<"tokens" | "rows" | "width">) =>
    `Here it looks up ${many(width, "number")} for ${eachOf(tokens, "token")}, in a table of ${many(rows, "row")}.`,
  placed: ({ steps, width }: Counts<"steps" | "width">) =>
    `Here it learns ${many(width, "number")} for ${eachOf(steps, "step")}.`,
  attended: ({ steps, heads, width, isCausal }: Counts<"steps" | "heads" | "width"> & Flags<"isCausal">) =>
    `Here it holds ${eachOf(steps, "step")} against ${isCausal ? "itself and those before it" : "all of them"}, ` +
    `by ${many(width, "number")} in ${eachOf(heads, "head")}.`,
  measured: ({ numbers, clusters }: Counts<"numbers" | "clusters">) =>
    `Here it measures how far ${many(numbers, "number")} are from ${eachOf(clusters, "middle")}.`,
  laidOut: ({ from, to }: Shapes<"from" | "to">) =>
    `Here it lays the numbers of ${shape(from)} out ${to.length === 1 ? `in a row of ${count(to[0] ?? 0)}` : `as ${shape(to)}`}.`,
  turned: ({ from, to }: Shapes<"from" | "to">) => `Here it turns ${shape(from)} to ${shape(to)}.`,
  repeated: ({ inputs, times }: Counts<"inputs" | "times">) =>
    `Here it gives ${many(inputs, "number")} at ${eachOf(times, "step")}.`,
  resized: ({ from, to }: Shapes<"from" | "to">) => `Here it makes ${shape(to)} of ${shape(from)}.`,
  shared: ({ inputs, at }: Counts<"inputs"> & Shapes<"at">) =>
    `Here it has ${many(inputs, "number")}${atEach(at)} add up to 1.`,
  overBatch: ({ channels, at }: Counts<"channels"> & Shapes<"at">) =>
    `Here it goes over ${at.length === 0 ? "" : `${spread(at)} of `}all samples of a batch, for ${eachOf(channels, "channel")}.`,
  overChannels: ({ channels, at }: Counts<"channels"> & Shapes<"at">) =>
    `Here it goes over ${many(channels, "number")}${atEach(at, " of each sample")}.`,
  overGroups: ({ groups, channels, at }: Counts<"groups" | "channels"> & Shapes<"at">) =>
    `Here it goes over ${many(channels, "channel")}${at.length === 0 ? "" : ` and ${spread(at)}`} at once, for ${eachOf(groups, "group")}.`,
  changedInTraining: ({ of }: Shapes<"of">) =>
    `Here it changes images of ${shape(of)} while training, and passes them on as they are when the model is asked.`,
  zeroed: ({ numbers, rate }: Counts<"numbers" | "rate">) =>
    `Here it zeroes about ${number(Math.round(rate * 100))}% of ${many(numbers, "number")}, others in each training step.`,
  silenced: ({ channels, rate }: Counts<"channels" | "rate">) =>
    `Here it zeroes about ${number(Math.round(rate * 100))}% of ${many(channels, "channel")}, others in each training step.`,
  shaken: ({ numbers, by }: Counts<"numbers" | "by">) =>
    `Here it moves ${many(numbers, "number")} by about ${number(by)} in each training step.`,
  added: ({ of }: Shapes<"of">) => `Here it adds ${shape(of)} to what its layers make of it, number by number.`,
  merged: ({ from, branches, to }: Shapes<"from" | "to"> & Counts<"branches">) =>
    `Here it gives ${shape(from)} to ${many(branches, "branch", "branches")}, and makes ${shape(to)} of what they give.`,
  readBothWays: ({ steps, inputs, to }: Counts<"steps" | "inputs"> & Shapes<"to">) =>
    `Here it reads ${many(steps, "step")} of ${many(inputs, "number")} both ways, and makes ${shape(to)} of what they give.`,
  doneAtEach: ({ steps, each, to }: Counts<"steps"> & Shapes<"each" | "to">) =>
    `Here its layers are given ${many(steps, "step")} one by one, and make ${shape(to)} of ${shape(each)}.`,
};
