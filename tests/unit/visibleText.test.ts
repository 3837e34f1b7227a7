// The rules about text that visitors read: that each finds what it is for, and nothing else.
import { describe, expect, it } from "vitest";
import { type ParsedFile, parseFile } from "../support/architecture";
import { checkEarlyText, checkVisibleText } from "../support/visibleText";

/** A small file, as if it stood at `path`. */
const fixture = (path: string, text: string): ParsedFile => parseFile({ path, text }, () => false);

describe("text that visitors read", () => {
  it.each([
    ["in an element", "const a = () => <p>Hello</p>;", "Hello"],
    ["as a child", 'const a = (b: boolean) => <p>{b ? "one" : 2}</p>;', "one"],
    ["read out", 'const a = () => <p aria-label="thing" className="of style" />;', "thing"],
    ["in a property", 'const tabs = [{ value: "model", title: "model" }];', "model"],
    ["announced", 'const a = () => announce("done");', "done"],
    ["in a sentence", "const a = (n: number) => `${n} of them`;", "of them"],
    ["returned", 'const a = () => { return "Ready"; };', "Ready"],
  ])("is found %s", (_, text, found) => {
    const [first, ...more] = checkVisibleText(fixture("app/x.tsx", text));
    expect(first).toContain(`"${found}"`);
    expect(more).toEqual([]);
    expect(checkVisibleText(fixture("scripts/x.tsx", text))).toEqual([]);
  });

  it.each([
    'const a = () => <p aria-label={t("train.run")} className="a b" data-state="Ready">{t("train.start")} ×</p>;',
    'const a = (state: string) => state === "Ready" || new Error("Not like this, ever");',
    'import type { A } from "some where"; const key: "Two words" | null = null;',
    "const id = (n: number) => `card-${n}`;",
  ])("is not what %s has", (text) => {
    expect(checkVisibleText(fixture("app/x.tsx", text))).toEqual([]);
  });

  it("is not written while a module loads", () => {
    expect(checkEarlyText(fixture("app/x.ts", 'const a = { title: t("train.run") };'))).toHaveLength(1);
    expect(checkEarlyText(fixture("app/x.ts", 'const a = () => ({ title: t("train.run") });'))).toEqual([]);
  });
});
