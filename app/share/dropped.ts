/** Files that are dropped on the page, wherever that is: the one place that hears of them. What takes which files is a line of the
 *  list here, and is fetched when there is one. */
import { fetchLaterWords, openIncoming, say } from "../../src/engine";
import { bring, named } from "../store/datasets";
import { notify } from "../store/run";

/** Who takes files. */
interface Taker {
  readonly takes: RegExp;
  readonly take: (files: readonly File[]) => Promise<void>;
}

const models: Taker = {
  takes: /\.(keras|h5|hdf5|safetensors|pt|pth|onnx)$/i,
  take: async ([file]) => {
    if (file) await (await import("../export/open")).openFile(file);
  },
};

/** Larger zips are of data: their names are not looked at. */
const MOST_ZIP = 2 ** 27;

/** A zip may be of data or, as Export's, of a model. */
const holdsModel = async (file: File): Promise<boolean> =>
  /\.zip$/i.test(file.name) &&
  file.size <= MOST_ZIP &&
  (await openIncoming()).holdsModel(new Uint8Array(await file.arrayBuffer()));

/** Data are asked for first, and not by a folder's name. */
const takers: readonly Taker[] = [
  {
    takes: /\.(csv|tsv|txt|md|zip|np[yz]|gz|tgz|tar|bin|png|jpe?g|jfif|webp|gif|svg|bmp)$|-ubyte$/i,
    take: async (files) => bring(files.map(named)),
  },
  {
    takes: /\.json$/i,
    take: async ([file]) => {
      if (file) await (await import("./modelFile")).openModelFile(file);
    },
  },
  models,
  {
    takes: /\.descent-runs$/i,
    take: async ([file]) => {
      if (file) await (await import("../runs/packing")).openRunsFile(file);
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
    const { items = [], files = [] } = event.dataTransfer ?? {};
    // Folders are there for as long as the event is.
    const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
    if (entries.some(({ isDirectory }) => isDirectory)) void takeFolders(entries);
    else void takeFiles([...files]);
  });
}

const takeFolders = async (entries: readonly FileSystemEntry[]): Promise<void> =>
  bring(await (await import("../common/collect")).collect(entries));

async function takeFiles(files: readonly File[]): Promise<void> {
  await fetchLaterWords();
  const [first] = files;
  if (!first) return;
  const taker = (await holdsModel(first)) ? models : takers.find(({ takes }) => takes.test(first.name));
  if (taker) await taker.take(files);
  else
    notify({ severity: "warning", topic: "file", said: say("share.unknownFile", { name: first.name.slice(0, 80) }) });
}
