/** Datasets that are read from one text file. */
import { say } from "../words/said";
import { type Dataset, type DatasetDef, type DatasetFile, infoOf, nameOfData } from "./dataset";
import { abortable, type FileJob, loadFile } from "./fetchFile";

/** A dataset whose file is checked by its length and SHA-256, and then cut into samples.
 *  @param file in the dataset's folder, plain or as gzip  @param cut makes both splits of the text */
export function textDataset(
  about: Omit<DatasetDef, "load">,
  file: DatasetFile,
  cut: (text: string) => Pick<Dataset, "train" | "test">,
): DatasetDef {
  return {
    ...about,
    async load(source, { signal, onProgress } = {}) {
      const job: FileJob = {
        where: say("data.file", { title: nameOfData(about), path: file.path }),
        path: `${about.id}/${file.path}`,
        file,
        target: new Uint8Array(file.byteLength),
        loaded: 0,
      };
      const tell = (isEnough: boolean): void =>
        onProgress?.({ isEnough, loadedBytes: job.loaded, totalBytes: file.byteLength });
      await abortable(signal, (own) => loadFile(job, source, own, () => tell(false)));
      tell(true);
      return { ...infoOf(about), ...cut(new TextDecoder().decode(job.target)) };
    },
  };
}

/** Texts of one length as tokens. @param vocabulary the characters, by token */
export function tokensOf(texts: readonly string[], vocabulary: string): Uint8Array<ArrayBuffer> {
  const indices = new Map([...vocabulary].map((character, token) => [character, token]));
  return Uint8Array.from(texts.join(""), (character) => indices.get(character) ?? 0);
}
