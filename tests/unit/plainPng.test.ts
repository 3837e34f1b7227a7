// PNGs of the plainest kinds are read as they were drawn; whatever is not plain, or not whole, is left to the browser.
import { describe, expect, it } from "vitest";
import { plainPng } from "../../src/engine/bring/plainPng";
import { uniform } from "../../src/engine/random";
import { png, pngChunk, plainPngs, type PngOptions } from "../support/png";

let drawn = 0;

describe("plain PNGs", () => {
  it("are read to the bit, whatever their colours, filters and parts are", () => {
    for (const { seen, ...file } of plainPngs(100, () => uniform(5, 0, 0, drawn++))) {
      expect([...(plainPng({ format: "png", ...file }) ?? [])]).toEqual(seen);
    }
  });

  const square: PngOptions = {
    width: 4,
    height: 4,
    colourType: 2,
    values: Array.from({ length: 48 }, (_, i) => 5 * i),
  };
  const read = (bytes: Uint8Array<ArrayBuffer>) => plainPng({ format: "png", bytes, width: 4, height: 4 });

  it("are no others: those that a browser sees otherwise", () => {
    expect(read(png(square))).not.toBeNull();
    const gamma = pngChunk("gAMA", [0, 1, 0, 0]);
    const clear = pngChunk("tRNS", [0, 0, 0, 5, 0, 10]);
    const few = [pngChunk("PLTE", [1, 2, 3, 4, 5, 6])];
    const others: readonly Partial<PngOptions>[] = [
      { depth: 16 },
      { interlace: 1 },
      { chunks: [gamma] },
      { chunks: [clear] },
      { chunks: [pngChunk("acTL", [0, 0, 0, 2, 0, 0, 0, 0])] },
      { chunks: [pngChunk("eXIf", [77, 77])] },
      { colourType: 6, values: Array.from({ length: 64 }, (_, i) => i) },
      { colourType: 3, values: Array.from({ length: 16 }, (_, i) => i % 3), chunks: few },
      { filterOf: () => 5 },
    ];
    for (const other of others) expect(read(png({ ...square, ...other })), JSON.stringify(other)).toBeNull();
  });

  it("are whole: what is damaged, cut, too long or too short is not guessed at", () => {
    const whole = png(square);
    for (let at = 29; at < whole.length; at++) {
      expect(read(whole.slice(0, at)), `cut at ${at}`).toBeNull();
      if (at < whole.length - 4) expect(read(whole.with(at, (whole[at] ?? 0) ^ 16)), `damaged at ${at}`).toBeNull();
    }
    expect(plainPng({ format: "png", bytes: whole, width: 4, height: 5 })).toBeNull();
    expect(plainPng({ format: "png", bytes: whole, width: 4, height: 3 })).toBeNull();
  });
});
