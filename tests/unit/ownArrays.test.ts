// Arrays that visitors bring: IDX, NumPy and CIFAR-10's binary files, number by number.
import { gzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { readIdx, readNpy } from "../../src/engine/bring/arrays";
import { openBrought } from "../../src/engine/bring/open";
import { checkDataset } from "../../src/engine/data/check";
import { brought, cifar, idx, imagesOf, made, npy, plainDecode, written } from "../support/brought";

const open = (files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>) =>
  openBrought(
    Object.entries(files).map(([path, bytes]) => brought(path, bytes)),
    plainDecode,
    () => {},
  );

const ramp = (length: number): number[] => Array.from({ length }, (_, i) => i % 256);

describe("arrays", () => {
  it("of every type of number are read, in either order of bytes", () => {
    const floats = new Uint8Array(new Float32Array([1.5, -2, 3, 4]).buffer);
    expect([...readNpy(npy("<f4", [2, 2], floats)).values]).toEqual([1.5, -2, 3, 4]);
    expect([...readNpy(npy(">i2", [3], Uint8Array.of(0, 1, 255, 255, 1, 0))).values]).toEqual([1, -1, 256]);
    expect([...readNpy(npy("<i8", [1], Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0))).values]).toEqual([7]);
    expect([...readNpy(npy("|u1", [2], Uint8Array.of(9, 8))).values]).toEqual([9, 8]);
    const big = readIdx(Uint8Array.of(0, 0, 11, 1, 0, 0, 0, 2, 1, 2, 255, 254));
    expect([big.shape, [...big.values]]).toEqual([[2], [258, -2]]);
  });

  it("that say they are longer than their file are refused before anything is made", () => {
    const refusalOf = (work: () => unknown): unknown => {
      try {
        return work();
      } catch (error) {
        return error instanceof Error && "said" in error ? error.said : error;
      }
    };
    expect(refusalOf(() => readIdx(idx([2 ** 31, 2 ** 31, 2 ** 31], [])))).toEqual({ key: "brought.cutArray" });
    expect(refusalOf(() => readNpy(npy("<f4", [10 ** 9, 10 ** 9], new Uint8Array(16))))).toEqual({
      key: "brought.cutArray",
    });
    expect(refusalOf(() => readNpy(npy("|O", [1], new Uint8Array(8))))).toEqual({ key: "brought.objects" });
    expect(refusalOf(() => readNpy(npy("|S8", [1], new Uint8Array(8))))).toEqual({ key: "brought.notNumbers" });
  });

  it("of Fashion-MNIST's files, packed as they come, keep their pixels, labels and division", async () => {
    const source = await open({
      "train-images-idx3-ubyte.gz": new Uint8Array(gzipSync(idx([4, 3, 2], ramp(24)))),
      "train-labels-idx1-ubyte.gz": new Uint8Array(gzipSync(idx([4], [3, 1, 3, 1]))),
      "t10k-images-idx3-ubyte": idx([2, 3, 2], ramp(13).slice(1)),
      "t10k-labels-idx1-ubyte": idx([2], [1, 3]),
    });
    expect(imagesOf(source).groups.map(({ name, count }) => [name, count])).toEqual([
      ["1", 3],
      ["3", 3],
    ]);
    const data = await made(source);
    expect(() => checkDataset(data)).not.toThrow();
    expect([data.trainCount, data.testCount, data.columns["image"]?.shape]).toEqual([4, 2, [3, 2, 1]]);
    const { image = [], label = [] } = data.train.columns;
    // Whatever their order: the picture that begins with 0 was the first, a 3; that which begins with 6 a 1.
    const labelOf = new Map(Array.from({ length: 4 }, (_, n) => [image[6 * n], label[n]]));
    expect([0, 6, 12, 18].map((first) => labelOf.get(first))).toEqual([1, 0, 1, 0]);
  });

  it("of NumPy, with channels first and from 0 to 1, and rows of numbers as a table", async () => {
    const values = Float32Array.from({ length: 4 * 3 * 16 }, (_, i) =>
      Math.floor(i / 16) % 3 === 0 ? 1 : (i % 7) / 10,
    );
    const x = npy("<f4", [4, 3, 4, 4], new Uint8Array(values.buffer));
    const y = npy("<i8", [4], new Uint8Array(new BigInt64Array([0n, 1n, 0n, 1n]).buffer));
    const source = await open({ "pixels.npz": new Uint8Array(zipSync({ "x_train.npy": x, "y_train.npy": y })) });
    const data = await made(source, { testShare: 0.5 });
    expect(data.columns["image"]?.shape).toEqual([4, 4, 3]);
    expect(data.train.columns["image"]?.slice(0, 3)[0]).toBe(255);
    const rows = await open({
      "x.npy": npy("<f8", [6, 2], new Uint8Array(Float64Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3]).buffer)),
      "y.npy": npy("|u1", [6], Uint8Array.of(0, 1, 0, 1, 0, 1)),
    });
    expect(rows.opened).toMatchObject({ kind: "table", rowCount: 6, settings: { target: 2 } });
  });

  it.each([
    [[NaN], "x.npy has numbers that are not finite in 1 picture, at index 3: it is left out."],
    [
      [Infinity, -Infinity],
      "x.npy has numbers that are not finite in 2 pictures, at index 3 and after: they are left out.",
    ],
  ])("with %s in pictures keep the others as they are, and say which are left out", async (bad, remark) => {
    const values = Float32Array.from({ length: 8 * 6 }, (_, i) => (i % 6) / 10 + Math.floor(i / 6) / 100);
    const y = npy("|u1", [8], Uint8Array.of(0, 1, 0, 1, 0, 1, 0, 1));
    const openAll = async () =>
      imagesOf(await open({ "x.npy": npy("<f4", [8, 3, 2], new Uint8Array(values.slice().buffer)), "y.npy": y }));
    const sound = await openAll();
    for (const [i, value] of bad.entries()) values[18 + 7 * i] = value;
    const opened = await openAll();
    expect(opened.report.remarks.map(written)).toEqual([...sound.report.remarks.map(written), remark]);
    expect(opened.groups.map(({ count }) => count)).toEqual([5 - bad.length, 3]);
    expect([...(opened.groups[0]?.samples.slice(0, 6) ?? [])]).toEqual([
      ...(sound.groups[0]?.samples.slice(0, 6) ?? []),
    ]);
  });

  it("with NaN and infinite numbers in rows take those for missing, and say so", async () => {
    const values = Float64Array.from({ length: 24 }, (_, i) => (i === 4 ? NaN : i === 9 ? Infinity : i * i));
    const { opened } = await open({
      "x.npy": npy("<f8", [12, 2], new Uint8Array(values.buffer)),
      "y.npy": npy(
        "|u1",
        [12],
        Uint8Array.from({ length: 12 }, (_, i) => i % 2),
      ),
    });
    expect(opened.report.remarks.map(written).join(" ")).toContain("2 cells have no number, and are read as the mean");
  });

  it("of CIFAR-10 are seen in colour and named, and labels alone are told to be", async () => {
    const source = await open({
      "data_batch_1.bin": cifar([0, 9, 0, 9]),
      "test_batch.bin": cifar([9, 0], 100),
      "y.npy": npy("|u1", [3], Uint8Array.of(1, 2, 3)),
    });
    const opened = imagesOf(source);
    expect(opened.groups.map(({ name }) => name)).toEqual(["airplane", "truck"]);
    expect([...(opened.groups[1]?.samples.slice(0, 6) ?? [])]).toEqual([10, 11, 12, 10, 11, 12]);
    expect(opened.refused.map(({ path, why }) => `${path}: ${written(why)}`)).toEqual([
      "y.npy: expected an array of as many samples to go with these labels, got none",
    ]);
    expect(opened.report).toMatchObject({ trainCount: 4 });
  });
});
