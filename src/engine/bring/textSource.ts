/** Plain text as a {@link Source}. */
import { say } from "../words/said";
import { encodingOf } from "./csv";
import type { BroughtFile } from "./items";
import type { OpenedText } from "./protocol";
import { BringError } from "./refusal";
import { settingsOf, type Source } from "./source";
import { guessTextSettings, judgeText, makeText, type PlainText } from "./textData";

/** Bytes of all files together. */
const MAX_BYTES = 20 * 2 ** 20;
/** Lines that are shown. */
const SHOWN = 12;

/** Whether a name says that a file is a text, or perhaps a table. */
export const isText = (path: string): boolean => /\.(txt|md)$/i.test(path);

/** Whether the lines of a text fall into as many cells each: then it is a table under another name. */
export async function isTable(file: Blob): Promise<boolean> {
  const head = await file.slice(0, 2 ** 15).text();
  const lines = head.split(/\r?\n/).filter((line) => line !== "");
  const whole = lines.slice(0, lines.length > 2 && file.size > 2 ** 15 ? -1 : undefined).slice(0, 20);
  return [",", ";", "\t", "|"].some((delimiter) => {
    const widths = new Set(whole.map((line) => line.split(delimiter).length));
    return whole.length > 1 && widths.size === 1 && !widths.has(1);
  });
}

/** @throws BringError for what is no text */
const readText = async (file: Blob): Promise<string> => decodedText(new Uint8Array(await file.arrayBuffer()));

/** Bytes of a file as a text, whose lines end as they do here. @throws BringError for what is no text */
export function decodedText(bytes: Uint8Array): string {
  const text = new TextDecoder(encodingOf(bytes.subarray(0, 2 ** 16), bytes.length <= 2 ** 16)).decode(bytes);
  return text.replace(/\r\n?/g, "\n");
}

/** @throws BringError for what is no text, or is larger than the limits */
export async function textSource(files: readonly BroughtFile[], title: string): Promise<Source> {
  if (files.reduce((sum, { file }) => sum + file.size, 0) > MAX_BYTES) {
    throw new BringError(say("brought.longText", { byteLength: MAX_BYTES + 1, most: MAX_BYTES }));
  }
  const isTest = ({ path }: BroughtFile): boolean => /(^|[/_.-])(test|val|valid|validation)[/_.-]/i.test(path);
  const together = async (some: readonly BroughtFile[]): Promise<string> =>
    (await Promise.all(some.map(({ file }) => readText(file)))).join("\n");
  const tests = files.length > 1 ? files.filter(isTest) : [];
  const text: PlainText = {
    text: await together(files.filter((file) => !tests.includes(file))),
    testText: await together(tests),
  };
  const settings = guessTextSettings(text, title);
  const opened: OpenedText = {
    kind: "text",
    preview: text.text.split("\n", SHOWN).map((line) => line.slice(0, 200)),
    hasFiles: text.testText !== "",
    settings,
    report: judgeText(text, settings),
  };
  return {
    opened,
    async change(changed) {
      const own = settingsOf("text", changed);
      return { ...opened, settings: own, report: judgeText(text, own) };
    },
    make: async (chosen) => makeText(text, settingsOf("text", chosen)),
  };
}
