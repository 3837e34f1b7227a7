/** Finds out what a visitor brought, by names and first bytes, and opens it. */
import { readTable } from "./csv";
import type { Decode } from "./decode";
import { gather } from "./gather";
import { divided, pictureSource, pixelSource } from "./imageSource";
import type { BroughtFile, Item, RefusedItem } from "./items";
import { holdsPictures, imageSetOf, isArray, readArrays, tableOf } from "./readArrays";
import { BringError } from "./refusal";
import type { Source } from "./source";
import { say } from "../words/said";
import { tableSource } from "./tableSource";
import { isTable, isText, textSource } from "./textSource";

/** What files are called together: as the folder that all are in, or as the only one. */
function titleOf(files: readonly BroughtFile[]): string {
  const [first] = files;
  const [folder = "", ...rest] = first?.path.split("/") ?? [];
  if (files.length === 1 || rest.length === 0)
    return (first?.path.split("/").at(-1) ?? "").replace(/(\.\w{1,8})+$/, "");
  return folder;
}

/** @param hear how far it is, from 0 to 1
 *  @throws BringError where nothing of it can be read */
export async function openBrought(
  files: readonly BroughtFile[],
  decode: Decode,
  hear: (share: number) => void,
): Promise<Source> {
  const title = titleOf(files);
  const [first] = files;
  if (first && files.length === 1 && (/\.(csv|tsv)$/i.test(first.path) || (await isTableOfText(first)))) {
    return tableSource(await readTable(first.file, hear), title, first.file);
  }
  const gathered = await gather(files);
  const { items, refused } = gathered;
  const [pictures, others] = divided(gathered);
  if (pictures.length > 0) {
    return pictureSource({ items: pictures, refused: [...refused, ...others] }, title, decode, hear);
  }
  const arrays = items.filter(({ path }) => isArray(path));
  if (arrays.some(({ path }) => !path.endsWith(".txt"))) {
    const { blocks, names, refused: unread } = await readArrays(arrays, hear);
    if (!blocks.some(holdsPictures)) return tableSource(tableOf(blocks), title);
    const left = blocks.filter((block) => !holdsPictures(block));
    const unlike = left.map(({ inputs: { path } }): RefusedItem => ({ path, why: say("brought.noPixels") }));
    const set = imageSetOf(blocks.filter(holdsPictures), names, [...refused, ...unread, ...unlike]);
    return pixelSource(set, title);
  }
  const texts = items.filter(({ path }) => isText(path));
  if (texts.length > 0) {
    const read = async ({ path, read: bytes }: Item) => ({ path, file: new File([await bytes()], path) });
    return textSource(await Promise.all(texts.map(read)), title);
  }
  throw new BringError(say("brought.unknownFiles"));
}

const isTableOfText = async ({ path, file }: BroughtFile): Promise<boolean> => isText(path) && (await isTable(file));
