/** Files that are dropped on the page, wherever that is: the one place that hears of them. What takes which files is a line of the
 *  list here, and is fetched when there is one. */
import { fetchLaterWords, say } from "../../src/engine";
import { bring } from "../store/datasets";
import { notify } from "../store/run";

/** Who takes files. */
interface Taker {
  readonly takes: (file: File) => boolean;
  readonly take: (files: readonly File[]) => Promise<void>;
}

const takers: readonly Taker[] = [
  {
    takes: ({ name, type }) => /\.(csv|tsv|txt)$/i.test(name) || type === "text/csv",
    take: async (files) => bring(files),
  },
  {
    takes: ({ name }) => name.toLowerCase().endsWith(".json"),
    take: async ([file]) => {
      if (file) await (await import("./modelFile")).openModelFile(file);
    },
  },
  {
    takes: ({ name }) => /\.(keras|safetensors)$/i.test(name),
    take: async ([file]) => {
      if (file) await (await import("../export/open")).openFile(file);
    },
  },
];

const hasFiles = ({ dataTransfer }: DragEvent): boolean =>
  [...(dataTransfer?.items ?? [])].some(({ kind }) => kind === "file");

/** Hears of files from now on. Without it the browser would leave the page for what is dropped. */
export function listenForFiles(): void {
  addEventListener("dragover", (event) => {
    // Whoever has its own place for files has said so.
    if (!event.defaultPrevented && hasFiles(event)) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    if (event.defaultPrevented || !hasFiles(event)) return;
    event.preventDefault();
    void takeFiles([...(event.dataTransfer?.files ?? [])]);
  });
}

async function takeFiles(files: readonly File[]): Promise<void> {
  await fetchLaterWords();
  const [first] = files;
  if (!first) return;
  const taker = takers.find(({ takes }) => takes(first));
  if (taker) await taker.take(files);
  else
    notify({ severity: "warning", topic: "file", said: say("share.unknownFile", { name: first.name.slice(0, 80) }) });
}
