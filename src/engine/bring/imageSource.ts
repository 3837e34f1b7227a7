/** Pictures as a {@link Source}: those of files, which can be seen in another size, and those that came as arrays. */
import type { Decode, Look } from "./decode";
import { guessImageSettings, judgeImages, makeImages } from "./imageData";
import type { ImageSet } from "./imageSet";
import type { Item, RefusedItem } from "./items";
import type { OpenedImages } from "./protocol";
import { guessLook, readPictures, readSome } from "./readPictures";
import { settingsOf, type Source } from "./source";

/** Pictures that are shown of all groups together, and of one. */
const SHOWN = 600;
const SHOWN_OF_ONE = 12;
/** Those left out that are named. */
const NAMED = 100;

/** Which samples of each group are shown: the first. */
function shownOf({ groups, samples }: ImageSet): readonly (readonly number[])[] {
  const each = Math.max(1, Math.min(SHOWN_OF_ONE, Math.floor(SHOWN / groups.length)));
  const found = groups.map((): number[] => []);
  for (const [n, { group }] of samples.entries()) {
    const own = found[group];
    if (own && own.length < each) own.push(n);
  }
  return found;
}

function openedOf(set: ImageSet, title: string, look: Look, isFixed: boolean): OpenedImages {
  const counts = set.groups.map(() => 0);
  for (const { group } of set.samples) counts[group] = (counts[group] ?? 0) + 1;
  const settings = guessImageSettings(set, look, title);
  return {
    kind: "images",
    shape: set.shape,
    isFixed,
    groups: shownOf(set).map((shown, i) => ({
      name: set.groups[i] ?? "",
      count: counts[i] ?? 0,
      samples: joined(shown.map((n) => set.pixels.get(n))),
    })),
    hasTwins: set.samples.some(({ twin }) => twin >= 0),
    hasFiles: settings.byFile,
    refusedCount: set.refused.length,
    refused: set.refused.slice(0, NAMED),
    settings,
    report: judgeImages(set, settings),
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const sameLook = (a: Look, b: Look): boolean =>
  a.size === b.size &&
  a.channels === b.channels &&
  a.fit === b.fit &&
  a.ground === b.ground &&
  a.isInverted === b.isInverted;

/** Pictures that came as pixels. */
export function pixelSource(set: ImageSet, title: string): Source {
  const [size, , channels] = set.shape;
  const look: Look = {
    size,
    channels: channels === 3 ? 3 : 1,
    fit: "stretch",
    ground: "black",
    isInverted: false,
  };
  const opened = openedOf(set, title, look, true);
  return {
    opened,
    async change(changed) {
      const settings = settingsOf("images", changed);
      return { ...opened, settings, report: judgeImages(set, settings) };
    },
    make: async (chosen) => makeImages(set, settingsOf("images", chosen)),
  };
}

/** Pictures in files. @param refused what was left out before */
export async function pictureSource(
  items: readonly Item[],
  refused: readonly RefusedItem[],
  title: string,
  decode: Decode,
  hear: (share: number) => void,
): Promise<Source> {
  const read = async (look: Look, tell: (share: number) => void) => {
    const found = await readPictures(items, look, decode, tell);
    return { ...found, refused: [...refused, ...found.refused] };
  };
  let look = await guessLook(items, decode);
  let set = await read(look, hear);
  let opened = openedOf(set, title, look, false);
  return {
    opened,
    async change(changed) {
      const settings = settingsOf("images", changed);
      if (!sameLook(settings.look, opened.settings.look)) {
        const { size, channels } = settings.look;
        const shown = await Promise.all(
          shownOf(set).map(async (rows) => {
            const own = rows.flatMap((n) => items[set.origins[n] ?? -1] ?? []);
            return joined((await readSome(own, settings.look, decode)).flatMap((pixels) => pixels ?? []));
          }),
        );
        const groups = opened.groups.map((group, i) => ({ ...group, samples: shown[i] ?? new Uint8Array() }));
        opened = { ...opened, groups, shape: [size, size, channels] };
      }
      opened = { ...opened, settings, report: judgeImages({ ...set, shape: opened.shape }, settings) };
      return opened;
    },
    async make(chosen, tell) {
      const settings = settingsOf("images", chosen);
      if (!sameLook(settings.look, look)) {
        // Which are the same has been told, and stays so where they are smaller or grey.
        const again = await read(settings.look, tell);
        set = again.samples.length === set.samples.length ? { ...again, samples: set.samples } : again;
        look = settings.look;
      }
      return makeImages(set, settings);
    },
  };
}
