/** The worker that makes a file of runs and reads one, so that neither the page nor the training waits for it. */
import * as Comlink from "comlink";
import { DescentError } from "../errors";
import { type CheckpointInfo, newestFirst } from "./keptRuns";
import { openRuns } from "./openRuns";
import { packRuns, type Unpacked, unpackRuns } from "./runFile";

/** What the page asks for; it ends the worker to give something up.
 *  @param hear how far it is, from 0 to 1 */
export interface PackControls {
  /** Each run with all its checkpoints, or with the newest and the best. */
  pack(ids: readonly string[], isWhole: boolean, hear: (share: number) => void): Promise<Blob>;
  /** @returns what came of it, or what is wrong with the file */
  unpack(
    file: Blob,
    hear: (share: number) => void,
  ): Promise<{ readonly unpacked?: Unpacked; readonly problem?: string }>;
}

/** The newest and the best. */
function few(infos: readonly CheckpointInfo[]): readonly CheckpointInfo[] {
  const byTime = infos.toSorted(newestFirst);
  return [...new Set([byTime[0], byTime.find(({ isBest }) => isBest)])].filter((info) => info !== undefined);
}

const controls: PackControls = {
  pack: async (ids, isWhole, hear) =>
    packRuns(await openRuns(), ids, isWhole ? (infos) => infos : few, (done, total) => hear(done / total)),
  async unpack(file, hear) {
    try {
      return { unpacked: await unpackRuns(file, await openRuns(), (done, total) => hear(done / total)) };
    } catch (error) {
      return { problem: error instanceof DescentError ? error.message : String(error) };
    }
  },
};

Comlink.expose(controls);
