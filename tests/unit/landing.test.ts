// Where layers land that are pressed in the palette: never where they are at once an error, as long as there is another place.
import { describe, expect, it } from "vitest";
import { paletteTypes } from "../../app/model/edit";
import { landBlock } from "../../app/model/landing";
import type { BlockType, ModelDescription, PresetId } from "../../src/engine";
import { layers } from "../../src/engine/nn/layers";
import { presets } from "../../src/engine";
import { MODEL } from "../../src/engine/tasks/supervised";
import { analyze, modelOf, networkOf } from "../support/models";

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

  it("is at no place of any preset of images an error, but for what reads indices alone", () => {
    const ofIndices = (type: string): boolean =>
      Object.entries(layers).some(([name, { accepts }]) => name === type && accepts === "u32");

    for (const preset of ["perceptron", "convnet", "bn-convnet", "convnet-dropout"] satisfies PresetId[]) {
      const model = presets[preset].description;
      for (const type of paletteTypes) {
        for (let index = 0; index <= networkOf(model).blocks.length; index += 3) {
          const errors = errorsOf(land(model, type, index).description);
          expect(errors, `${type} in ${preset} at ${index}`).toHaveLength(ofIndices(type) ? 1 : 0);
        }
      }
    }
  });

  it("repairs what it would offer to repair where it fits nowhere as it is", () => {
    expect(land(presets.xor.description, "Reshape", 1).types).toEqual(["Dense", "Reshape", "Dense"]);
    const { types, at, description } = land(modelOf([]), "Dense", 0);
    expect([types, at]).toEqual([["Flatten", "Dense"], 1]);
    expect(errorsOf(description).map(({ fix }) => fix?.kind)).toEqual(["append"]);
  });

  it("lands where it is wanted and says what is wrong where nothing helps", () => {
    const { at, description } = land(presets.xor.description, "Conv2D", 1);
    expect(at).toBe(1);
    expect(errorsOf(description)[0]).toMatchObject({
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
