// The catalogue of sentences: that each is sound, and that what is said is written with all that it tells.
import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/engine/errors";
import { en } from "../../src/engine/words/en";
import { english, type Name, render, say, type Said, type Value } from "../../src/engine/words/said";

/** Stands for whatever a sentence may be told: it is a text, a list of two and a number at once. */
class Sample extends String {
  override *[Symbol.iterator](): StringIterator<string> {
    yield* ["one", "two"];
  }

  map<T>(change: (item: Sample) => T): T[] {
    return [...this].map((item) => change(new Sample(item)));
  }

  join(between: string): string {
    return [...this].join(between);
  }

  [Symbol.toPrimitive](hint: string): string | number {
    return hint === "number" ? 3 : this.toString();
  }
}

/** Values of any name. */
const anything = new Proxy({}, { get: (_, name) => new Sample(`‹${String(name)}›`) });

const entries = Object.entries(en).flatMap(([room, sentences]) =>
  Object.entries(sentences).map(([name, entry]): [string, string | ((values: never) => string)] => [
    `${room}.${name}`,
    entry,
  ]),
);

describe("the catalogue", () => {
  it("has been read", () => {
    expect(entries.length).toBeGreaterThan(80);
  });

  it.each(entries)("has a sound sentence at %s", (_key, entry) => {
    const text = typeof entry === "string" ? entry : String(entry(anything as never));
    expect(text.trim()).toBe(text);
    expect(text).not.toBe("");
    expect(text).not.toMatch(/ {2}|undefined|\[object|(?<!loss )NaN/);
    // No word twice in a row, no mark after a space or after another.
    expect(text).not.toMatch(/\b([a-z]+) \1\b/i);
    expect(text).not.toMatch(/ [,.;:!?]|[,.;:]{2}|\.\.(?!\.)/);
    // What opens with a capital and has a stop in it is sentences, and ends as one.
    if (/^[A-Z].*[a-z]{2}\. [A-Z]/.test(text)) expect(text).toMatch(/[.?!)]$/);
  });
});

describe("what is said", () => {
  const name: Name = { path: "losses.mine.title", english: "My loss" };

  it("is plain data, which a worker can send", () => {
    const said = say("notice.deviceLost", { reason: "x", step: 1200, isOnGpu: false, adapter: "A", lostSteps: 1 });
    expect(structuredClone(said)).toEqual(said);
    expect(english(structuredClone(said))).toBe(
      "The GPU was lost (x). Training goes on from step 1,200 on the CPU (A); 1 step was lost.",
    );
  });

  it("may hold other sentences, and names of records", () => {
    const inner: Said = say("fault.unsteady", { kernel: "matmul" });
    expect(render(say("backend.distrusted", { fault: inner }), en)).toBe(
      "This GPU computes matmul differently each time. Training runs on the CPU. See /selftest.",
    );
    const about = say("fault.unsteady", { kernel: name });
    expect(render(about, en)).toContain("computes My loss differently");
    expect(render(about, en, (path) => (path === name.path ? "我的" : undefined))).toContain(
      "computes 我的 differently",
    );
  });

  it("may hold lists of them", () => {
    const options: Value = ["a", name];
    expect(render({ key: "page.oneOf", values: { options } }, en)).toBe("one of a, My loss");
  });

  it("is written by another language, its numbers and order included", () => {
    const other = {
      ...en,
      notice: { ...en.notice, stoppedEarly: ({ bestEpoch }: { bestEpoch: number }) => `#${bestEpoch}` },
    };
    expect(render(say("notice.stoppedEarly", { bestEpoch: 3 }), other)).toBe("#3");
  });

  it("is the key itself where a language has no such sentence", () => {
    expect(render(say("train.start"), { notice: en.notice })).toBe("train.start");
  });

  it("is what an error's message says in English", () => {
    const error = new ModelError(say("notice.stoppedEarly", { bestEpoch: 3 }));
    expect(error.message).toBe("Stopped early: the validation loss was best after epoch 3.");
    expect(error.said).toEqual({ key: "notice.stoppedEarly", values: { bestEpoch: 3 } });
    expect(new ModelError("plain").said).toBeUndefined();
  });
});
