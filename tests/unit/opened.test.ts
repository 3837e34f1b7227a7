// A store that several ask for: opened once, and anew after it was cleared or could not be opened.
import { describe, expect, it } from "vitest";
import { openedOnce } from "../../src/engine/opened";

function stores() {
  const made: { isClosed: boolean; close(): void; clear(): void }[] = [];
  const open = openedOnce(async (forget) => {
    const store = { isClosed: false, close: () => void (store.isClosed = true), clear: forget };
    made.push(store);
    return store;
  });
  return { open, made };
}

describe("a store that is opened once", () => {
  it("is the same for all who ask, and another one once it was cleared, which each is told once", async () => {
    const { open, made } = stores();
    const heard: string[] = [];
    const [first] = await Promise.all([open(() => heard.push("a")), open(() => heard.push("b")), open()]);
    expect(made).toHaveLength(1);
    first.clear();
    expect(heard).toEqual(["a", "b"]);
    const second = await open();
    expect(second).not.toBe(first);
    expect([first.isClosed, second.isClosed]).toEqual([true, false]);
    second.clear();
    expect(heard).toEqual(["a", "b"]);
  });

  it("may be asked again where it could not be opened", async () => {
    let isForbidden = true;
    const open = openedOnce(async () => {
      if (isForbidden) throw new Error("forbidden");
      return { close: () => {} };
    });
    await expect(open()).rejects.toThrow("forbidden");
    isForbidden = false;
    await expect(open()).resolves.toBeDefined();
  });
});
