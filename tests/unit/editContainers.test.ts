// The editor's operations on containers: blocks that hold stacks of blocks.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as edit from "../../app/model/edit";
import { placeBeside } from "../../app/model/placeBeside";
import { containers, findBlock, isContainer, LIMITS, parseDescription, presets } from "../../src/engine";
import type { Block, ModelDescription, Place } from "../../src/engine";
import { type BlockSpec, modelOf, networkOf } from "../support/models";

const MODEL = "model";
const perceptron = presets.perceptron.description;
const blocks = (model: ModelDescription): readonly Block[] => networkOf(model).blocks;
const at = (index: number): Place => ({ network: MODEL, parent: null, index });

describe("containers", () => {
  const dense: BlockSpec = ["Dense", { units: 4 }];
  /** Dense, Branches of [Dense, Residual of [Dense]] and nothing, Dense. */
  const nested = modelOf([["Flatten"], ["Branches", {}, [[dense, ["Residual", {}, [[dense]]]], []]], dense]);
  const inside = (id: string, branch: number, index: number): Place => ({
    network: MODEL,
    parent: { id, branch },
    index,
  });
  const text = (stack: readonly Block[]): string =>
    stack
      .map((block) => (isContainer(block) ? `${block.type}(${block.branches.map(text).join(" | ")})` : block.id))
      .join(" ");
  const shown = (model: ModelDescription): string => text(blocks(model));

  it("come with as many branches as they need, all empty", () => {
    for (const type of ["Residual", "Branches"] as const) {
      const { description, id } = edit.insertBlock(perceptron, type, at(1));
      const block = id === null ? undefined : findBlock(description, id)?.block;
      expect(block && isContainer(block) && block.branches).toEqual(
        Array.from({ length: containers[type].branches.min }, () => []),
      );
      expect(parseDescription(description)).toEqual(description);
    }
  });

  it("take blocks from outside, from each other, and give them back", () => {
    expect(shown(nested)).toBe("l0 Branches(l1.0.0 Residual(l1.0.1.0.0) | ) l2");
    const moved = edit.moveBlock(nested, "l2", inside("l1", 1, 0));
    expect(shown(moved)).toBe("l0 Branches(l1.0.0 Residual(l1.0.1.0.0) | l2)");
    const deeper = edit.moveBlock(moved, "l1.0.0", inside("l1.0.1", 0, 9));
    expect(shown(deeper)).toBe("l0 Branches(Residual(l1.0.1.0.0 l1.0.0) | l2)");
    expect(shown(edit.moveBlock(deeper, "l1.0.1.0.0", at(0)))).toBe("l1.0.1.0.0 l0 Branches(Residual(l1.0.0) | l2)");
    expect(shown(edit.moveBlock(nested, "l1.0.0", inside("l1", 0, 1)))).toBe(
      "l0 Branches(Residual(l1.0.1.0.0) l1.0.0 | ) l2",
    );
  });

  it("do not go into themselves, nor into too many", () => {
    for (const to of [inside("l1", 1, 0), inside("l1.0.1", 0, 0)])
      expect(edit.moveBlock(nested, "l1", to)).toBe(nested);
    let model = modelOf([dense]);
    let place = at(0);
    for (let depth = 0; depth < LIMITS.depth; depth++) {
      const { description, id } = edit.insertBlock(model, "Residual", place);
      expect(id).not.toBeNull();
      model = description;
      place = inside(id ?? "", 0, 0);
    }
    expect(edit.insertBlock(model, "Residual", place).id).toBeNull();
    expect(edit.insertBlock(model, "Dense", place).id).not.toBeNull();
    expect(parseDescription(model)).toEqual(model);
  });

  it("are copied with all that they hold, under other ids", () => {
    const { description, id } = edit.duplicateBlock(nested, "l1");
    const all = (model: ModelDescription) => JSON.stringify(model).match(/"id":"[^"]+"/g) ?? [];
    expect(new Set(all(description)).size).toBe(all(nested).length + 4);
    expect(all(description)).toHaveLength(all(nested).length + 4);
    expect(edit.placeOf(description, id ?? "")?.place).toEqual(at(2));
    expect(parseDescription(description)).toEqual(description);
  });

  it("change what they hold, and go with it", () => {
    const changed = edit.setBlockConfig(nested, "l1.0.1.0.0", "units", 9);
    expect(findBlock(changed, "l1.0.1.0.0")?.block.config).toEqual({ units: 9 });
    expect(findBlock(changed, "l1.0.0")?.block).toBe(findBlock(nested, "l1.0.0")?.block);
    expect(shown(edit.removeBlock(nested, "l1.0.1"))).toBe("l0 Branches(l1.0.0 | ) l2");
    expect(shown(edit.removeBlock(nested, "l1"))).toBe("l0 l2");
  });

  it("have as many branches as they may", () => {
    const more = edit.resizeContainer(nested, "l1", 1);
    expect(shown(more)).toBe("l0 Branches(l1.0.0 Residual(l1.0.1.0.0) |  | ) l2");
    expect(edit.resizeContainer(more, "l1", -1)).toEqual(nested);
    expect(edit.resizeContainer(nested, "l1", -1)).toBe(nested);
    expect(edit.resizeContainer(nested, "l1.0.1", 1)).toBe(nested);
    expect(edit.resizeContainer(nested, "l2", 1)).toBe(nested);
  });

  it("are walked through by steps up and down, each way back the same", () => {
    let model = modelOf([["Dropout"], ["Branches", {}, [[dense], []]], dense]);
    const walk = [shown(model)];
    for (;;) {
      const to = placeBeside(model, "l0", 1);
      if (!to) break;
      model = edit.moveBlock(model, "l0", to);
      walk.push(shown(model));
    }
    expect(walk).toEqual([
      "l0 Branches(l1.0.0 | ) l2",
      "Branches(l0 l1.0.0 | ) l2",
      "Branches(l1.0.0 l0 | ) l2",
      "Branches(l1.0.0 | l0) l2",
      "Branches(l1.0.0 | ) l0 l2",
      "Branches(l1.0.0 | ) l2 l0",
    ]);
    for (const before of walk.toReversed().slice(1)) {
      const to = placeBeside(model, "l0", -1);
      model = to ? edit.moveBlock(model, "l0", to) : model;
      expect(shown(model)).toBe(before);
    }
    expect(placeBeside(model, "l0", -1)).toBeNull();
  });

  it("stay valid whatever is moved where", () => {
    const everyone = ["l0", "l1", "l1.0.0", "l1.0.1", "l1.0.1.0.0", "l2"];
    const anyPlace = fc.oneof(
      fc.integer({ min: -1, max: 4 }).map(at),
      fc
        .tuple(fc.constantFrom("l1", "l1.0.1"), fc.integer({ min: 0, max: 1 }), fc.integer({ min: -1, max: 3 }))
        .map(([id, branch, index]) => inside(id, branch, index)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...everyone), anyPlace), { maxLength: 8 }), (moves) => {
        let model = nested;
        for (const [id, to] of moves) {
          const branches = to.parent && findBlock(model, to.parent.id)?.block;
          if (to.parent && !(branches && isContainer(branches) && branches.branches[to.parent.branch])) continue;
          model = edit.moveBlock(model, id, to);
        }
        expect(parseDescription(model)).toEqual(model);
        expect(everyone.every((id) => findBlock(model, id))).toBe(true);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
