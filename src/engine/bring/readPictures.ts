/** Reads files of pictures into an {@link ImageSet}. What is no picture, is too large or does not decode is named and left out. */
import { MAX_OWN_BYTES } from "../data/ownData";
import { DatasetError } from "../errors";
import { say } from "../words/said";
import type { Place } from "./classes";
import type { Decode, Look } from "./decode";
import { type ImageSet, Pixels, type Sample, Twins } from "./imageSet";
import type { Item, RefusedItem } from "./items";
import { PICTURE_LIMITS, type Picture, readHead } from "./pictures";
import { BringError } from "./refusal";

/** Pictures that are decoded together: so many, or fewer where they are large. */
const AT_ONCE = 64;
const PIXELS_AT_ONCE = 24_000_000;
/** Such lots that are under way together, where they are small. */
const LOTS = 3;
/** Pictures that are looked at to guess how large they are to be. */
const LOOKED_AT = 24;
/** A picture's file may have so many bytes. */
const MAX_FILE_BYTES = 64 * 2 ** 20;

/** Sizes to choose from. */
export const SIZES = [16, 24, 28, 32, 48, 64, 96, 128] as const;

/** Whether a name says that a file is a picture. */
export const isPicture = (path: string): boolean => /\.(png|jpe?g|jfif|webp|gif|svg|bmp)$/i.test(path);

/** The bytes of a picture and what they say of it. @throws BringError for what is none, or too large to be decoded */
async function open({ size, read }: Item): Promise<Picture> {
  if (size > MAX_FILE_BYTES) throw new BringError(say("brought.largeFile", { most: MAX_FILE_BYTES }));
  const bytes = await read();
  if (bytes.length === 0) throw new BringError(say("brought.emptyFile"));
  const head = readHead(bytes);
  if (!head) throw new BringError(say("brought.noPicture"));
  const { format, width, height } = head;
  if (format === "svg") {
    const most = PICTURE_LIMITS.svgBytes;
    if (bytes.length > most) throw new BringError(say("brought.largeFile", { most }));
  } else if (width < 1 || height < 1) throw new BringError(say("brought.noPicture"));
  else if (Math.max(width, height) > PICTURE_LIMITS.side || width * height > PICTURE_LIMITS.pixels) {
    throw new BringError(say("brought.largePicture", { width, height, most: PICTURE_LIMITS.pixels }));
  }
  return { ...head, bytes };
}

/** Why an item was not read. */
function reasonOf(error: unknown): RefusedItem["why"] {
  if (error instanceof BringError) return error.said;
  if (error instanceof DatasetError && error.said) return error.said;
  return say("brought.unreadable", { reason: String(error).slice(0, 120) });
}

/** How pictures are probably to be seen: no larger than most of them are, and grey where they are. */
export async function guessLook(items: readonly Item[], decode: Decode): Promise<Look> {
  const step = Math.max(1, Math.floor(items.length / LOOKED_AT));
  const sides: number[] = [];
  const pictures: Picture[] = [];
  let sum = 0;
  for (let i = 0; i < items.length && sides.length < LOOKED_AT; i += step) {
    const item = items[i];
    if (!item) continue;
    try {
      const picture = await open(item);
      const { format, width, height } = picture;
      sides.push(format === "svg" ? 28 : Math.min(width, height));
      const area = width * height;
      if (pictures.length === 0 || (pictures.length < 8 && sum + area < PIXELS_AT_ONCE)) {
        pictures.push(picture);
        sum += area;
      }
    } catch {
      // Told when all are read.
    }
  }
  const middle = sides.toSorted((a, b) => a - b)[Math.floor(sides.length / 2)] ?? 28;
  const size = SIZES.findLast((each) => each <= Math.min(64, middle)) ?? SIZES[0];
  const look: Look = { size, channels: 3, fit: "crop", ground: "white", isInverted: false };
  const seen = await decode(pictures, look);
  const isGrey = seen.every(
    (pixels) =>
      pixels === null || pixels.every((value, i) => i % 3 === 0 || Math.abs(value - (pixels[i - 1] ?? 0)) < 4),
  );
  return { ...look, channels: isGrey ? 1 : 3 };
}

/** Some of them alone, in another look; null for what does not decode. */
export async function readSome(items: readonly Item[], look: Look, decode: Decode): Promise<(Uint8Array | null)[]> {
  const made: (Uint8Array | null)[] = [];
  for (const item of items) made.push(...(await decode([await open(item)], look)));
  return made;
}

/** Pictures to be read, and what each is of. */
export interface Placed {
  readonly items: readonly Item[];
  readonly places: readonly Place[];
  /** The groups that they are in, by their places in it. */
  readonly groups: readonly string[];
}

/** Pictures that were read from items. */
export interface ReadSet extends ImageSet {
  /** For each sample which item it is of. */
  readonly origins: readonly number[];
  readonly twins: Twins;
  /** How many items were read, those refused included. */
  readonly itemCount: number;
}

/** Reads all of them, in their order, or those that have come to a set that was read before in the same look.
 *  @param hear how far it is, from 0 to 1; an error of its ends the reading
 *  @param before stays whole, whatever becomes of those that have come */
export async function readPictures(
  { items, places, groups }: Placed,
  look: Look,
  decode: Decode,
  hear: (share: number) => void,
  before?: ReadSet,
): Promise<ReadSet> {
  const { size, channels } = look;
  const byteLength = size * size * channels;
  if (items.length * byteLength > MAX_OWN_BYTES) {
    throw new BringError(say("brought.manyPixels", { most: MAX_OWN_BYTES, got: items.length * byteLength }));
  }
  const groupAt = new Map(groups.map((group, i) => [group, i]));
  const pixels = before?.pixels ?? new Pixels(byteLength);
  const twins = before?.twins ?? new Twins(pixels);
  const samples: Sample[] = [...(before?.samples ?? [])];
  const origins: number[] = [...(before?.origins ?? [])];
  const refused: RefusedItem[] = [...(before?.refused ?? [])];
  const from = before?.itemCount ?? 0;
  let waiting: { readonly picture: Picture; readonly at: number }[] = [];
  let [sum, told] = [0, 0];
  const decoding: Promise<void>[] = [];
  /** Has what waits decoded, and keeps it after what was sent before. */
  const flush = (): void => {
    const batch = waiting;
    [waiting, sum] = [[], 0];
    const seen = decode(
      batch.map(({ picture }) => picture),
      look,
    );
    decoding.push(keep(batch, seen, decoding.at(-1)));
  };
  const keep = async (batch: typeof waiting, decoded: ReturnType<Decode>, previous?: Promise<void>): Promise<void> => {
    const seen = await decoded;
    await previous;
    for (const [i, { at }] of batch.entries()) {
      const made = seen[i];
      if (!made) refused.push({ path: items[at]?.path ?? "", why: say("brought.notDecoded") });
      else {
        const n = samples.length;
        const { group = "", split = null } = places[at] ?? {};
        pixels.set(n, made);
        origins.push(at);
        samples.push({ group: groupAt.get(group) ?? 0, split, twin: twins.find(n) });
      }
    }
  };
  try {
    for (const [n, item] of items.slice(from).entries()) {
      const at = from + n;
      try {
        const picture = await open(item);
        waiting.push({ picture, at });
        sum += picture.width * picture.height;
        if (waiting.length >= AT_ONCE || sum >= PIXELS_AT_ONCE) {
          if (decoding.length >= (waiting.length < AT_ONCE ? 1 : LOTS)) await decoding.shift();
          flush();
        }
      } catch (error) {
        refused.push({ path: item.path, why: reasonOf(error) });
      }
      const share = n / (items.length - from);
      if (share - told > 0.005) hear((told = share));
    }
  } finally {
    // Who hears may end it by an error: pictures that are being decoded would come among others that are read next.
    await decoding.at(-1);
  }
  flush();
  await decoding.at(-1);
  const shape = [size, size, channels] as const;
  return { shape, groups, samples, pixels, refused, remarks: [], origins, twins, itemCount: items.length };
}
