// Pictures that visitors bring: which class each is of, what is read and what is refused, and what becomes of it.
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { placesOf } from "../../src/engine/bring/classes";
import { gather } from "../../src/engine/bring/gather";
import type { ImageSettings } from "../../src/engine/bring/imageData";
import { pictureSource } from "../../src/engine/bring/imageSource";
import { openBrought } from "../../src/engine/bring/open";
import { readHead } from "../../src/engine/bring/pictures";
import type { AddedTo } from "../../src/engine/bring/protocol";
import type { Source } from "../../src/engine/bring/source";
import { checkDataset } from "../../src/engine/data/check";
import { analyzeModel } from "../../src/engine/model/analyze";
import { suitedModel } from "../../src/engine/model/presets/suited";
import { bmp, brought, broughtZip, imagesOf, made, plainDecode, written } from "../support/brought";

const COLOURS = { red: [250, 10, 10], green: [10, 250, 10], blue: [10, 10, 250] } as const;

/** Twenty pictures of each colour, in a folder of its name. */
const folders = Object.fromEntries(
  Object.entries(COLOURS).flatMap(([name, colour]) =>
    Array.from({ length: 20 }, (_, i) => [`set/${name}/${i}.bmp`, bmp(30, 20, colour, 3 * i)]),
  ),
);

const open = (files: Parameters<typeof openBrought>[0]): Promise<Source> => openBrought(files, plainDecode, () => {});

describe("pictures", () => {
  it("are of the class of their folder, or of the beginning of their name, and of the split that a folder says", () => {
    const groups = (paths: readonly string[]) => placesOf(paths).map(({ group }) => group);
    expect(groups(["a/cat/1.png", "a/dog/1.png"])).toEqual(["cat", "dog"]);
    expect(placesOf(["x/train/cat/1.png", "x/test/dog/1.png"])).toEqual([
      { group: "cat", split: "train" },
      { group: "dog", split: "test" },
    ]);
    const many = Array.from({ length: 12 }, (_, i) => (i % 2 ? `cat_${i}.png` : `dog${i}.jpg`));
    expect(new Set(groups(many))).toEqual(new Set(["cat", "dog"]));
    expect(groups(["7-001.png", "7-002.png", "3-001.png", "3-2.png", "3-3.png", "7-9.png"])).toEqual([
      "7",
      "7",
      "3",
      "3",
      "3",
      "7",
    ]);
    expect(new Set(groups(["holiday.png", "party.png", "garden.png", "dinner.png"]))).toEqual(new Set(["images"]));
  });

  it("are read from zips, whatever else is in them is named, and a model that fits learns them", async () => {
    const whole = new Uint8Array(bmp(4, 4, [1, 2, 3]));
    const huge = bmp(4, 4, [9, 9, 9]);
    new DataView(huge.buffer).setInt32(18, 60_000, true);
    const files = {
      ...folders,
      "set/red/readme.md": new Uint8Array([104]),
      "set/red/cut.bmp": whole.slice(0, 54),
      "set/red/none.png": new Uint8Array(),
      "set/red/huge.bmp": huge,
      "__MACOSX/set/._1.bmp": new Uint8Array([1]),
    };
    const source = await open([broughtZip("set.zip", files)]);
    const opened = imagesOf(source);
    expect(opened.refused.map(({ path, why }) => `${path}: ${written(why)}`)).toEqual([
      "set/red/readme.md: expected a picture like the others, got another kind of file",
      "set/red/none.png: expected a picture, got an empty file",
      "set/red/huge.bmp: expected at most 50,000,000 pixels, got 60,000×4",
      "set/red/cut.bmp: expected a whole picture, got a damaged one",
    ]);
    expect(opened.groups.map(({ name, count }) => [name, count])).toEqual([
      ["blue", 20],
      ["green", 20],
      ["red", 20],
    ]);
    expect(opened.settings.look).toMatchObject({ size: 16, channels: 3 });
    const data = await made(source);
    expect([data.trainCount, data.testCount]).toEqual([48, 12]);
    expect(() => checkDataset(data)).not.toThrow();
    // Each picture has its own label still: green ones are green.
    const { image, label } = data.test.columns;
    for (let n = 0; n < data.test.count; n++) {
      const [r, g, b] = [0, 1, 2].map((c) => image?.[n * 16 * 16 * 3 + c] ?? 0);
      const name = data.columns["label"]?.names?.[label?.[n] ?? -1];
      if (name === "green") expect([r, g]).toEqual([10, 250]);
      if (name === "red") expect([r, g]).toEqual([250, 10]);
      if (name === "blue") expect([r, g, (b ?? 0) % 3]).toEqual([10, 10, 0]);
    }
    const model = suitedModel(data);
    expect(model && analyzeModel(model, data).problems).toEqual([]);
  });

  it("are merged by name, left out by class, seen in another size, and divided as their folders say", async () => {
    const source = await open([broughtZip("set.zip", folders)]);
    const { settings } = imagesOf(source);
    const look = { ...settings.look, size: 24, channels: 1 as const };
    const changed = await source.change({ ...settings, look, names: ["cold", "cold", "red"] });
    if (changed.kind !== "images") throw new Error("expected images");
    expect(changed.groups[0]?.samples.length).toBe(12 * 24 * 24);
    const data = await made(source, { look, names: ["cold", "cold", "red"] });
    expect(data.columns).toMatchObject({ image: { shape: [24, 24, 1] }, label: { names: ["cold", "red"] } });
    expect(data.test.columns["label"]?.filter((label) => label === 0).length).toBe(8);
    const one = await made(source, { off: [true, true, false] });
    expect(Object.keys(one.columns)).toEqual(["image"]);
    expect(suitedModel(one)?.task.type).toBe("reconstruction");
    const split = Object.fromEntries(
      Object.entries(folders).map(([path, bytes], i) => [path.replace("set/", i % 4 ? "train/" : "test/"), bytes]),
    );
    const byFile = await open([broughtZip("set.zip", split, 0)]);
    expect(imagesOf(byFile).settings.byFile).toBe(true);
    expect(imagesOf(byFile).report).toMatchObject({ trainCount: 45, testCount: 15 });
  });

  it("that are there twice are found, and a word is said of what is uneven, disputed or missing from the test", async () => {
    const same = bmp(30, 20, COLOURS.red, 0);
    const files = {
      ...folders,
      "set/red/again.bmp": same,
      "set/blue/red.bmp": same,
      "set/few/1.bmp": bmp(9, 9, [5, 5, 5]),
    };
    const source = await open(Object.entries(files).map(([path, bytes]) => brought(path, bytes)));
    const { report, settings } = imagesOf(source);
    expect(report.remarks.map(written)).toEqual([
      "1 picture is in two classes: no model can be right about it twice.",
      "2 pictures are there more than once, and the copies are left out.",
      "blue has 20 pictures and few 1: a model may do well by naming the larger.",
      "None for the test of few: bring more of them.",
    ]);
    const kept = await source.change({ ...settings, skipsTwins: false });
    expect(kept.report).toMatchObject({ trainCount: 51, testCount: 12 });
  });

  it("are added to class by class, from nothing too, and another's are the test set whatever they were called before", async () => {
    const none = await pictureSource({ items: [], refused: [] }, "", plainDecode, () => {}, ["class 1", "class 2"]);
    expect(none.opened.report.problem && written(none.opened.report.problem)).toBe(
      "Classes: expected pictures of each, got none of class 1, class 2. Add some, or leave them out.",
    );
    const of = (name: string, colour: readonly number[], count: number) =>
      Array.from({ length: count }, (_, i) => brought(`${name}${i}.bmp`, bmp(30, 30, colour, 7 * i)));
    const add = async (files: Parameters<typeof openBrought>[0], to: AddedTo, change: Partial<ImageSettings> = {}) => {
      const settings = { ...imagesOf({ ...none, opened }).settings, ...change };
      opened = (await none.add?.(files, to, settings, () => {})) ?? opened;
      return imagesOf({ ...none, opened });
    };
    let { opened } = none;
    await add(of("camera", COLOURS.red, 6), { group: "class 1" });
    const both = await add(of("camera", COLOURS.blue, 6), { group: "class 2" });
    expect(both.settings.look).toMatchObject({ size: 28, channels: 3 });
    expect(both.groups.map(({ name, count }) => [name, count])).toEqual([
      ["class 1", 6],
      ["class 2", 6],
    ]);
    expect(both.report).toMatchObject({ problem: null, trainCount: 10, testCount: 2 });
    const theirs = {
      "warm/1.bmp": bmp(30, 30, [200, 9, 9]),
      "class 2/1.bmp": bmp(30, 30, [9, 9, 200]),
      "a.txt": bmp(1, 1, [1]),
    };
    const tested = await add([broughtZip("theirs.zip", theirs)], { split: "test" }, { names: ["warm", "cold"] });
    expect(tested.settings).toMatchObject({ names: ["warm", "cold"], byFile: true });
    expect(tested.refused.map(({ path }) => path)).toEqual(["a.txt"]);
    expect(tested.report).toMatchObject({ problem: null, trainCount: 12, testCount: 2 });
    // Seen in another size, all are read again, and are of the same classes.
    const look = { ...tested.settings.look, size: 16 };
    const held = await none.make({ ...tested.settings, look }, () => {});
    expect(held.about.columns).toMatchObject({ image: { shape: [16, 16, 3] }, label: { names: ["warm", "cold"] } });
    expect([...(held.read("test", "label", 0, 2) as Uint8Array)].toSorted()).toEqual([0, 1]);
    await expect(add([brought("a.txt", new Uint8Array(3))], {})).rejects.toThrow("noPictures");
  });

  it("that are there stay whole where adding more is given up, and take others afterwards", async () => {
    const of = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => brought(`red/${from + i}.bmp`, bmp(30, 30, [9, 200, 9], from + i)));
    const source = await open([...of(0, 70), brought("blue/1.bmp", bmp(30, 30, COLOURS.blue, 3))]);
    const counts = (opened: Source["opened"]) => imagesOf({ ...source, opened }).groups.map(({ count }) => count);
    const settings = imagesOf(source).settings;
    const givenUp = source.add?.(of(100, 130), {}, settings, (share) => {
      if (share > 0.9) throw new Error("given up");
    });
    await expect(givenUp).rejects.toThrow("given up");
    expect(counts(await source.change({ ...settings, title: "Again" }))).toEqual([1, 70]);
    // None of those that are read next is the same as one that was given up, or as itself.
    const more = await source.add?.(of(100, 80), {}, settings, () => {});
    expect(more && [counts(more), imagesOf({ ...source, opened: more }).hasTwins]).toEqual([[1, 150], false]);
  });

  it("stay in their order, whichever lot of them is decoded first", async () => {
    const names = ["a", "b", "c"];
    const files = Array.from({ length: 300 }, (_, i) => {
      const name = names[i % 3] ?? "";
      return brought(`set/${name}/${i}.bmp`, bmp(20, 20, [i % 256, i % 3, i >> 8]));
    });
    let asked = 0;
    const decode: typeof plainDecode = async (pictures, look) => {
      await new Promise((resolve) => setTimeout(resolve, 9 * (3 - (asked++ % 3))));
      return plainDecode(pictures, look);
    };
    const source = await openBrought(files, decode, () => {});
    const first = imagesOf(source).groups[0]?.samples ?? new Uint8Array();
    const { size } = imagesOf(source).settings.look;
    expect(Array.from({ length: 12 }, (_, n) => first[3 * n * size ** 2])).toEqual([
      0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33,
    ]);
  });

  it("that are large are seen in colour too, where they have any", async () => {
    const large = (name: string, colour: readonly number[]) => {
      const bytes = bmp(20, 20, colour, colour[2]);
      new DataView(bytes.buffer).setInt32(18, 4000, true);
      new DataView(bytes.buffer).setInt32(22, 3000, true);
      return brought(`set/${name}/1.bmp`, bytes);
    };
    const channelsOf = async (colour: readonly number[]) =>
      imagesOf(await open([large("a", colour), large("b", colour)])).settings.look.channels;
    expect([await channelsOf(COLOURS.red), await channelsOf([9, 9, 9])]).toEqual([3, 1]);
  });

  it("say how large they are before they are decoded", () => {
    const of = (...bytes: readonly number[]) => readHead(Uint8Array.from(bytes));
    const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
    const text = (letters: string): number[] => [...letters].map((letter) => letter.charCodeAt(0));
    const png = [0x89, ...text("PNG\r\n"), 26, 10, 0, 0, 0, 13, ...text("IHDR"), 0, 0, 1, 2, 0, 0, 0, 5];
    expect(of(...png)).toEqual({ format: "png", width: 258, height: 5 });
    const jpeg = [255, 216, 255, 224, 0, 4, 1, 2, 255, 192, 0, 11, 8, 0, 7, 1, 0, 1, 1, 17, 0];
    expect(of(...jpeg)).toEqual({ format: "jpeg", width: 256, height: 7 });
    expect(of(...text("GIF89a"), 3, 1, 4, 0)).toEqual({ format: "gif", width: 259, height: 4 });
    const lossy = [...text("RIFF"), ...zeros(4), ...text("WEBPVP8 "), ...zeros(7), 0x9d, 1, 0x2a, 16, 0, 9, 0];
    expect(of(...lossy)).toEqual({ format: "webp", width: 16, height: 9 });
    const extended = [...text("RIFF"), ...zeros(4), ...text("WEBPVP8X"), ...zeros(8), 255, 0, 0, 1, 1, 0];
    expect(of(...extended)).toEqual({ format: "webp", width: 256, height: 258 });
    expect(of(...text('<svg viewBox="0 0 1 1"/>'))).toEqual({ format: "svg", width: 0, height: 0 });
    expect(of(...text("no picture"))).toBeNull();
  });
});

describe("archives", () => {
  const items = async (bytes: Uint8Array<ArrayBuffer>, name = "a.zip") => gather([brought(name, bytes)]);
  const failing = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
    } catch (error) {
      return error instanceof Error && "said" in error
        ? written(error.said as Parameters<typeof written>[0])
        : String(error);
    }
    return "nothing";
  };

  it("unpack to what was packed, small and large, and to nothing else", async () => {
    const large = Uint8Array.from({ length: 400_000 }, (_, i) => (i * i) >> 7);
    const { items: found } = await items(zipSync({ "a/small.txt": new Uint8Array([1, 2, 3]), "large.bin": large }));
    expect(found.map(({ path, size }) => [path, size])).toEqual([
      ["a/small.txt", 3],
      ["large.bin", 400_000],
    ]);
    expect(await found[0]?.read()).toEqual(new Uint8Array([1, 2, 3]));
    expect(Buffer.from((await found[1]?.read()) ?? []).equals(large)).toBe(true);
  });

  it("that lie about sizes, lie about places, or are none at all get a sentence", async () => {
    const bomb = zipSync({ "a.png": new Uint8Array(400_000) });
    // It says that it is ten bytes long.
    const at = bomb.length - 22 - 46 - 5;
    new DataView(bomb.buffer).setUint32(at + 24, 10, true);
    const [lying] = (await items(bomb)).items;
    expect(await failing(lying?.read() ?? Promise.resolve())).toMatch(/damaged|unpacked/);
    const far = zipSync({ "a.png": new Uint8Array(300) });
    new DataView(far.buffer).setUint32(far.length - 22 - 46 - 5 + 42, 5000, true);
    const [lost] = (await items(far)).items;
    expect(await failing(lost?.read() ?? Promise.resolve())).toMatch(/damaged/);
    const many = zipSync({ "a.png": new Uint8Array(3) });
    new DataView(many.buffer).setUint16(many.length - 12, 65_535, true);
    expect(await failing(items(many))).toMatch(/damaged/);
    expect(await failing(items(new Uint8Array(5000)))).toMatch(/expected a zip/);
    expect(await failing(items(new Uint8Array(5000), "a.tar"))).toBe("nothing");
    expect(await failing(items(new Uint8Array(5000).fill(7), "a.tar"))).toMatch(/expected a zip or a tar/);
  });
});
