// Where layers land that are pressed in the palette: never where they are at once an error, as long as there is another place.
import { describe, expect, it } from "vitest";
import { paletteTypes } from "../../app/model/edit";
import { landBlock } from "../../app/model/landing";
import { placeOfNext } from "../../app/model/placeOfNext";
import type { BlockType, ModelDescription, Place, PresetId } from "../../src/engine";
import { allBlocks, isLayerType, layers, presets } from "../../src/engine";
import { MODEL } from "../../src/engine/tasks/supervised";
import { english } from "../../src/engine/words/said";
import { fullTest, isFull } from "../support/full";
import { analyze, modelOf, networkOf, reportOf } from "../support/models";

const errorsOf = (model: ModelDescription) => analyze(model).problems.filter(({ severity }) => severity === "error");

const land = (model: ModelDescription, type: BlockType, index: number) => {
  const { description, id } = landBlock(model, type, { network: MODEL, parent: null, index });
  const { blocks } = networkOf(description);
  return { description, at: blocks.findIndex((block) => block.id === id), types: blocks.map((block) => block.type) };
};

describe("a layer pressed in the palette", () => {
  it.each<[BlockType, PresetId, wanted: number, lands: number]>([
    ["Dropout", "perceptron", 2, 2],
    ["Conv2D", "perceptron", 2, 0],
    ["MaxPooling2D", "perceptron", 3, 0],
    ["Dense", "convnet", 1, 1],
    ["Conv2D", "convnet", 7, 5],
    ["Reshape", "convnet", 7, 0],
  ])("%s lands in the %s where it fits next to place %d, at %d", (type, preset, wanted, lands) => {
    const { at, description } = land(presets[preset].description, type, wanted);
    expect(at).toBe(lands);
    expect(errorsOf(description)).toEqual([]);
  });

  /** What is said of a press in a preset, in front of its output unless told otherwise. */
  const press = (type: BlockType, preset: PresetId, network: string, at?: Place) => {
    const model = presets[preset].description;
    const wanted = at ?? placeOfNext(model, network, reportOf(model));
    const { description, id, refused } = landBlock(model, type, wanted);
    const errors = errorsOf(description).map(({ message }) => `${type} in ${preset}: ${message}`);
    return { errors, isRefused: refused !== undefined, isSame: description === model, isThere: id !== null };
  };

  /** Every block in every network of every preset; of every day one block for each network of every second one. */
  const pressed = Object.entries(presets).flatMap(([preset, { description }], p) =>
    Object.keys(description.networks).flatMap((network, n) =>
      paletteTypes
        .filter((_, t) => isFull || (p % 2 === 0 && (t + 7 * p + n) % paletteTypes.length === 0))
        .map((type) => ({ type, preset: preset as PresetId, network, task: description.task.type })),
    ),
  );

  it("is nowhere an error, in any preset; refused is what reads indices, and what mixes steps where the next token is told", () => {
    for (const { type, preset, network, task } of pressed) {
      const { errors, isRefused, isSame, isThere } = press(type, preset, network);
      expect(errors).toEqual([]);
      expect([isRefused, isSame], `${type} in ${preset}`).toEqual([!isThere, !isThere]);
      const readsIndices = isLayerType(type) && layers[type].accepts === "u32";
      if (isRefused) expect(readsIndices || task === "language", `${type} in ${preset}`).toBe(true);
    }
    for (const type of ["Conv1D", "GRU", "LSTM", "Dense", "Dropout", "MultiHeadAttention"] satisfies BlockType[]) {
      expect(press(type, "names-gru", MODEL), type).toMatchObject({ errors: [], isThere: true });
    }
  });

  fullTest("is nowhere an error behind any block, in containers too", async () => {
    for (const [id, { description }] of Object.entries(presets)) {
      for (const [n, { place }] of [...allBlocks(description)].entries()) {
        for (const type of paletteTypes.filter((_, t) => (t + n) % 12 === 0)) {
          const at = { ...place, index: place.index + 1 };
          expect(press(type, id as PresetId, place.network, at).errors).toEqual([]);
        }
      }
    }
    await Promise.resolve();
  });

  it("brings what it needs before it and behind it", () => {
    expect(land(presets.xor.description, "Reshape", 1).types).toEqual(["Dense", "Reshape", "Flatten", "Dense"]);
    expect(land(presets.xor.description, "Conv2D", 1).types).toEqual([
      "Dense",
      "Reshape",
      "Conv2D",
      "Flatten",
      "Dense",
    ]);
    expect(land(presets.curve.description, "LSTM", 2).types).toEqual(["Dense", "Dense", "Reshape", "LSTM", "Dense"]);
    const { types, at, description } = land(modelOf([]), "Dense", 0);
    expect([types, at]).toEqual([["Flatten", "Dense"], 1]);
    expect(errorsOf(description).map(({ fix }) => fix?.kind)).toEqual(["append"]);
  });

  it("is refused with the reason where nothing helps", () => {
    const wanted = { network: MODEL, parent: null, index: 1 };
    const { description, id, refused } = landBlock(presets.xor.description, "Embedding", wanted);
    expect([description === presets.xor.description, id]).toEqual([true, null]);
    expect(refused && english(refused.said)).toBe(
      'Embedding "embedding" needs indices, such as characters or words, but Dense "dense" gives 8. Choose another layer or another column.',
    );
  });

  it("is told of a Reshape where there is no Flatten to be moved before", () => {
    const [problem] = errorsOf(modelOf([["Dense", { units: 8 }], ["Conv2D"]], {}, "xor"));
    expect(problem).toMatchObject({
      message:
        'Conv2D "conv2d" needs an image input (height×width×channels), but Dense "dense" gives 8. Insert a Reshape before it.',
      fix: { kind: "insertBefore", layer: "Reshape", config: { targetShape: [4, 2, 1] } },
    });
  });

  it("lands where it is wanted below an error, which hides whether it fits", () => {
    const broken = modelOf([["Dense"], ["Dense"]]);
    expect(land(broken, "Conv2D", 2).at).toBe(2);
  });
});
