// Whether a script can write what it is to write, asked before the work and not after it.
import { constants, existsSync } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** Whether a file can be written: it can be replaced, or its folder is there and takes new ones. */
export const isWritable = (file: string): Promise<boolean> =>
  access(existsSync(file) ? file : dirname(resolve(file)), constants.W_OK).then(
    () => true,
    () => false,
  );
