/** Finds out what a visitor brought, by names and first bytes, and opens it. */
import { readTable } from "./csv";
import type { Decode } from "./decode";
import { gather } from "./gather";
import { divided, pictureSource, pixelSource } from "./imageSource";
import type { BroughtFile, Item, RefusedItem } from "./items";
import { type Block, holdsPictures, imageSetOf, isArray, readArrays, tableOf } from "./readArrays";
import { BringError } from "./refusal";
import { sortedSource, textColumnOf, textsInFolders, textsOfTable, tokensOf } from "./sortedSource";
import { either, type OtherReading, type Source } from "./source";
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
    return openTable(first, title, hear);
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
    if (!blocks.some(holdsPictures)) return tokensOrTable(blocks, title);
    const left = blocks.filter((block) => !holdsPictures(block));
    const unlike = left.map(({ inputs: { path } }): RefusedItem => ({ path, why: say("brought.noPixels") }));
    const set = imageSetOf(blocks.filter(holdsPictures), names, [...refused, ...unread, ...unlike]);
    return pixelSource(set, title);
  }
  const texts = items.filter(({ path }) => isText(path));
  if (texts.length > 0) {
    const read = async ({ path, read: bytes }: Item) => ({ path, file: new File([await bytes()], path) });
    const asText = async () => textSource(await Promise.all(texts.map(read)), title);
    const sorted = await textsInFolders(texts);
    return sorted ? either("sorted", sortedSource(sorted, title), [{ kind: "text", open: asText }]) : asText();
  }
  throw new BringError(say("brought.unknownFiles"));
}

/** A table, whose longest texts may be what is to be read; under the name of a text it may be one whose lines have as many commas each. */
async function openTable(brought: BroughtFile, title: string, hear: (share: number) => void): Promise<Source> {
  const { path, file } = brought;
  const table = await readTable(file, hear);
  const asTable = tableSource(table, title, file);
  const asText: OtherReading[] = isText(path) ? [{ kind: "text", open: () => textSource([brought], title) }] : [];
  const texts = textColumnOf(table);
  if (texts < 0) return either("table", asTable, asText);
  const asTexts = async (tell: typeof hear) => sortedSource(await textsOfTable(file, texts, tell), title);
  // A table whose only text is long has nothing else to read.
  if (asTable.opened.report.problem === null) {
    return either("table", asTable, [{ kind: "sorted", open: asTexts }, ...asText]);
  }
  return either("sorted", await asTexts(hear), [{ kind: "table", open: () => asTable }, ...asText]);
}

function tokensOrTable(blocks: readonly Block[], title: string): Source {
  const found = tokensOf(blocks);
  const asTable = (): Source => tableSource(tableOf(blocks), title);
  if (!found) return asTable();
  const asTexts = (): Source => sortedSource(found.all, title);
  return found.isLikely
    ? either("sorted", asTexts(), [{ kind: "table", open: asTable }])
    : either("table", asTable(), [{ kind: "sorted", open: asTexts }]);
}

const isTableOfText = async ({ path, file }: BroughtFile): Promise<boolean> => isText(path) && (await isTable(file));
