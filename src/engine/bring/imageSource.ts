/** Pictures as a {@link Source}: those of files, which can be seen in another size, and those that came as arrays. */
import type { Decode, Look } from "./decode";
import { type Place, placesOf } from "./classes";
import { gather } from "./gather";
import { guessImageSettings, type ImageSettings, judgeImages, makeImages, saysSplit } from "./imageData";
import { byName, type ImageSet } from "./imageSet";
import type { Gathered, Item, RefusedItem } from "./items";
import type { AddedTo, OpenedImages } from "./protocol";
import { guessLook, isPicture, type Placed, readPictures, readSome } from "./readPictures";
import { joinedBytes } from "./joinedBytes";
import { BringError } from "./refusal";
import { say } from "../words/said";
import { settingsOf, type Source } from "./source";

/** Pictures that are shown of all groups together, and of one. */
const SHOWN = 600;
const SHOWN_OF_ONE = 12;
/** Those left out that are named. */
const NAMED = 100;

/** Which samples of each group are shown: the first. */
function shownOf({ groups, samples }: ImageSet): readonly (readonly number[])[] {
  const each = Math.max(1, Math.min(SHOWN_OF_ONE, Math.floor(SHOWN / Math.max(1, groups.length))));
  const found = groups.map((): number[] => []);
  for (const [n, { group }] of samples.entries()) {
    const own = found[group];
    if (own && own.length < each) own.push(n);
  }
  return found;
}

function openedOf(set: ImageSet, settings: ImageSettings, isFixed: boolean): OpenedImages {
  const counts = set.groups.map(() => 0);
  for (const { group } of set.samples) counts[group] = (counts[group] ?? 0) + 1;
  return {
    kind: "images",
    shape: set.shape,
    isFixed,
    groups: shownOf(set).map((shown, i) => ({
      name: set.groups[i] ?? "",
      count: counts[i] ?? 0,
      samples: joinedBytes(shown.map((n) => set.pixels.get(n))),
    })),
    hasTwins: set.samples.some(({ twin }) => twin >= 0),
    hasFiles: saysSplit(set),
    refusedCount: set.refused.length,
    refused: set.refused.slice(0, NAMED),
    settings,
    report: judgeImages(set, settings),
  };
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
  const opened = openedOf(set, guessImageSettings(set, look, title), true);
  return {
    opened,
    async change(changed) {
      const settings = settingsOf("images", changed);
      return { ...opened, settings, report: judgeImages(set, settings) };
    },
    make: async (chosen) => makeImages(set, settingsOf("images", chosen)),
  };
}

/** Pictures in files, to which more can be added. @param names of groups that are there before any picture is */
export async function pictureSource(
  gathered: Gathered,
  title: string,
  decode: Decode,
  hear: (share: number) => void,
  names: readonly string[] = [],
): Promise<Source> {
  let { refused } = gathered;
  let placed: Placed = { items: [], places: [], groups: names };
  /** @param called what groups are called by now, by which more of them are known too */
  const place = ({ items }: Gathered, { group, split }: AddedTo, called: readonly string[]): Placed => {
    const places = placesOf(items.map(({ path }) => path)).map((found): Place => {
      const known = called.findIndex((name) => name.trim() === found.group);
      const own = placed.groups.includes(found.group) ? found.group : (placed.groups[known] ?? found.group);
      return { group: group ?? own, split: split ?? found.split };
    });
    const groups = new Set([...(group === undefined ? [] : [group]), ...places.map((found) => found.group)]);
    const fresh = [...groups].filter((name) => !placed.groups.includes(name)).toSorted(byName);
    return {
      items: [...placed.items, ...items],
      places: [...placed.places, ...places],
      groups: [...placed.groups, ...fresh],
    };
  };
  placed = place(gathered, {}, []);
  let look = await guessLook(placed.items, decode);
  let set = await readPictures(placed, look, decode, hear);
  const whole = (): ImageSet => ({ ...set, refused: [...refused, ...set.refused] });
  let opened = openedOf(whole(), guessImageSettings(set, look, title), false);
  const readAgain = async (wanted: Look, tell: (share: number) => void): Promise<void> => {
    const again = await readPictures(placed, wanted, decode, tell);
    // Which are the same has been told, and stays so where they are smaller or grey.
    set = again.samples.length === set.samples.length ? { ...again, samples: set.samples } : again;
    look = wanted;
  };
  return {
    opened,
    async change(changed) {
      const settings = settingsOf("images", changed);
      if (!sameLook(settings.look, opened.settings.look)) {
        const { size, channels } = settings.look;
        const shown = await Promise.all(
          shownOf(set).map(async (rows) => {
            const own = rows.flatMap((n) => placed.items[set.origins[n] ?? -1] ?? []);
            return joinedBytes((await readSome(own, settings.look, decode)).flatMap((pixels) => pixels ?? []));
          }),
        );
        const groups = opened.groups.map((group, i) => ({ ...group, samples: shown[i] ?? new Uint8Array() }));
        opened = { ...opened, groups, shape: [size, size, channels] };
      }
      opened = { ...opened, settings, report: judgeImages({ ...set, shape: opened.shape }, settings) };
      return opened;
    },
    async add(files, to, chosen, tell) {
      const settings = settingsOf("images", chosen);
      const more = await gather(files);
      const [pictures, others] = divided(more);
      if (pictures.length === 0 && files.length > 0) throw new BringError(say("brought.noPictures"));
      const all = place({ ...more, items: pictures }, to, settings.names);
      const isFirst = placed.items.length === 0 && pictures.length > 0 && sameLook(settings.look, look);
      const wanted = isFirst ? await guessLook(all.items, decode) : settings.look;
      const fresh = all.groups.slice(settings.names.length);
      if (sameLook(wanted, look)) set = await readPictures(all, look, decode, tell, set);
      else {
        const again = await readPictures(all, wanted, decode, tell);
        [set, look] = [again, wanted];
      }
      placed = all;
      refused = [...refused, ...more.refused, ...others];
      opened = openedOf(
        whole(),
        {
          ...settings,
          look: wanted,
          names: [...settings.names, ...fresh.map((group) => group.slice(0, 60))],
          off: [...settings.off, ...fresh.map(() => false)],
          byFile: to.split === "test" || settings.byFile,
        },
        false,
      );
      return opened;
    },
    async make(chosen, tell) {
      const settings = settingsOf("images", chosen);
      if (!sameLook(settings.look, look)) await readAgain(settings.look, tell);
      return makeImages(set, settings);
    },
  };
}

/** Pictures, and what else there is among them, which is refused. */
export function divided({ items }: Gathered): readonly [readonly Item[], readonly RefusedItem[]] {
  const others = items.filter(({ path }) => !isPicture(path));
  return [
    items.filter(({ path }) => isPicture(path)),
    others.map(({ path }) => ({ path, why: say("brought.notPictureToo") })),
  ];
}
