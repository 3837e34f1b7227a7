/** Lists what is in a zip by its central directory, and reads one entry at a time, so that an archive of any size is never in memory
 *  as a whole. Source: PKWARE, APPNOTE.TXT 6.3.10; zip64 included. */
import { inflateSync } from "fflate";
import { BringError } from "./refusal";
import { say } from "../words/said";
import { type Gathered, inflated, type Item, ITEM_LIMITS, type RefusedItem } from "./items";
import { windowOf, type Window } from "./window";

const END = 0x06054b50;
const END_BYTES = 22;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** Of the list of entries. */
const MAX_LIST_BYTES = 64 * 2 ** 20;
/** Packed bytes that are unpacked in one go: whatever they say of their size, that takes well under a second. */
const AT_ONCE_BYTES = 2 ** 18;
/** Entries are many and small: a read of one brings its neighbours' bytes with it. */
const WINDOW_BYTES = 2 ** 23;

const damaged = (): BringError => new BringError(say("brought.damagedArchive"));

/** @throws BringError for what is no zip, or has more entries than may be */
export async function listZip(file: Blob): Promise<Gathered> {
  const { count, size, offset } = await findList(file);
  if (count > ITEM_LIMITS.count)
    throw new BringError(say("brought.manyFiles", { most: ITEM_LIMITS.count, got: count }));
  if (size > MAX_LIST_BYTES || offset + size > file.size) throw damaged();
  const bytes = new Uint8Array(await file.slice(offset, offset + size).arrayBuffer());
  const view = new DataView(bytes.buffer);
  const window = windowOf(file, WINDOW_BYTES);
  const items: Item[] = [];
  const refused: RefusedItem[] = [];
  for (let at = 0, n = 0; n < count; n++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY) throw damaged();
    const nameEnd = at + 46 + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const end = extraEnd + view.getUint16(at + 32, true);
    if (end > bytes.length) throw damaged();
    const path = nameFrom(bytes.subarray(at + 46, nameEnd));
    const flags = view.getUint16(at + 8, true);
    const entry = {
      path,
      method: view.getUint16(at + 10, true),
      ...sizesFrom(view, at, nameEnd, extraEnd),
    };
    if (!path.endsWith("/")) {
      if (flags & 1) refused.push({ path, why: say("brought.encrypted") });
      else if (entry.method !== 0 && entry.method !== 8)
        refused.push({ path, why: say("brought.packedOtherwise", { method: entry.method }) });
      else items.push(itemOf(entry, file, window));
    }
    at = end;
  }
  return { items, refused };
}

/** Names are UTF-8, or letters of an old code page, of which none matters here. */
function nameFrom(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replaceAll("\\", "/").slice(0, 1000);
}

/** Where the list of entries is, by the record at the end of the file. */
async function findList(file: Blob) {
  const from = Math.max(0, file.size - 2 ** 16 - END_BYTES);
  const tail = new DataView(await file.slice(from).arrayBuffer());
  let at = tail.byteLength - END_BYTES;
  while (at >= 0 && tail.getUint32(at, true) !== END) at--;
  if (at < 0) throw new BringError(say("brought.noArchive"));
  const found = {
    count: tail.getUint16(at + 10, true),
    size: tail.getUint32(at + 12, true),
    offset: tail.getUint32(at + 16, true),
  };
  if (at < 20 || tail.getUint32(at - 20, true) !== LOCATOR_64) return found;
  const place = Number(tail.getBigUint64(at - 12, true));
  const end = new DataView(await file.slice(place, place + 56).arrayBuffer());
  if (end.byteLength < 56 || end.getUint32(0, true) !== END_64) throw damaged();
  const [count, size, offset] = [32, 40, 48].map((field) => Number(end.getBigUint64(field, true)));
  return { count: count ?? 0, size: size ?? 0, offset: offset ?? 0 };
}

/** Sizes and place of an entry; those that do not fit 32 bits stand in its extra field. */
function sizesFrom(view: DataView, at: number, extraFrom: number, extraEnd: number) {
  const fields = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  for (let extra = extraFrom; extra + 4 <= extraEnd; extra += 4 + view.getUint16(extra + 2, true)) {
    if (view.getUint16(extra, true) !== 1) continue;
    let place = extra + 4;
    for (const [i, field] of fields.entries()) {
      if (field !== 0xffffffff || place + 8 > extraEnd) continue;
      fields[i] = Number(view.getBigUint64(place, true));
      place += 8;
    }
  }
  const [size = 0, packed = 0, offset = 0] = fields;
  return { size, packed, offset };
}

interface Entry {
  readonly path: string;
  readonly method: number;
  readonly size: number;
  readonly packed: number;
  readonly offset: number;
}

function itemOf({ path, method, size, packed, offset }: Entry, file: Blob, window: Window): Item {
  return {
    path,
    size,
    async read() {
      if (size > ITEM_LIMITS.bytes) throw new BringError(say("brought.largeFile", { most: ITEM_LIMITS.bytes }));
      if (size > packed * ITEM_LIMITS.growth + 4096 || (method === 0 && size !== packed)) {
        throw new BringError(say("brought.growsTooMuch", { most: ITEM_LIMITS.bytes }));
      }
      const head = await window(offset, 30);
      const local = new DataView(head.buffer, head.byteOffset, head.byteLength);
      if (head.length < 30 || local.getUint32(0, true) !== LOCAL) throw damaged();
      const from = offset + 30 + local.getUint16(26, true) + local.getUint16(28, true);
      if (from + packed > file.size) throw damaged();
      if (method === 0) return (await window(from, packed)).slice();
      if (packed > AT_ONCE_BYTES) {
        const blob = await inflated(file.slice(from, from + packed), "deflate-raw", size);
        if (blob.size !== size) throw damaged();
        return new Uint8Array(await blob.arrayBuffer());
      }
      const bytes = await window(from, packed);
      try {
        // A byte more, by which what is longer than it says is told.
        const out = inflateSync(bytes, { out: new Uint8Array(size + 1) });
        if (out.length === size) return out as Uint8Array<ArrayBuffer>;
      } catch {
        // Told below.
      }
      throw damaged();
    },
  };
}
