// JSON from outside: as it is, or refused for what schemas pass over or memory would not hold.
import { expect, it } from "vitest";
import { readJson } from "../../src/engine/json";

it("is read as it is, however deep", () => {
  const value = { a: [1, "__proto__", null], b: { "\u005f": "\\u005f_proto__" } };
  expect(readJson(JSON.stringify(value))).toEqual(value);
  expect(() => readJson(`${"[".repeat(10_000)}${"]".repeat(10_000)}`)).not.toThrow();
  expect(() => readJson("{")).toThrow(SyntaxError);
});

it.each(['{"a":[{"__proto__":1}]}', '{"\\u005f_proto__":{}}', '[[{"\\u005F\\u005fproto__":[]}]]'])(
  "is refused with the key of a prototype: %s",
  (text) => {
    expect(() => readJson(text)).toThrow('expected no key "__proto__"');
  },
);

it("is refused with more values than can be meant, before it is parsed", () => {
  expect(() => readJson("{},".repeat(300_000))).toThrow(/expected at most 600000 values, got 600001/);
});
