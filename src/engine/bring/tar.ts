/** Lists what is in a tar: a header of 512 bytes before each file. Source: POSIX.1-1988, ustar. */
import { BringError } from "./refusal";
import { say } from "../words/said";
import { type Gathered, type Item, ITEM_LIMITS } from "./items";

const BLOCK = 512;

/** @throws BringError for what is no tar, or has more files than may be */
export async function listTar(file: Blob): Promise<Gathered> {
  const items: Item[] = [];
  for (let at = 0; at + BLOCK <= file.size;) {
    const head = new Uint8Array(await file.slice(at, at + BLOCK).arrayBuffer());
    if (head.every((byte) => byte === 0)) break;
    const text = (from: number, length: number): string =>
      new TextDecoder().decode(head.subarray(from, from + length)).replace(/\0.*$/s, "");
    const size = Number.parseInt(text(124, 12).trim() || "0", 8);
    const sum = Number.parseInt(text(148, 8).trim(), 8);
    const added = head.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
    if (!Number.isSafeInteger(size) || size < 0 || sum !== added || at + BLOCK + size > file.size) {
      throw new BringError(say(at === 0 ? "brought.noArchive" : "brought.damagedArchive"));
    }
    const prefix = text(257, 5) === "ustar" ? text(345, 155) : "";
    const path = prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`;
    const isFile = head[156] === 0 || head[156] === 48;
    const from = at + BLOCK;
    if (isFile) {
      const read = async (): Promise<Uint8Array<ArrayBuffer>> =>
        new Uint8Array(await file.slice(from, from + size).arrayBuffer());
      items.push({ path, size, read });
    }
    if (items.length > ITEM_LIMITS.count) {
      throw new BringError(say("brought.manyFiles", { most: ITEM_LIMITS.count, got: items.length }));
    }
    at = from + Math.ceil(size / BLOCK) * BLOCK;
  }
  return { items, refused: [] };
}
