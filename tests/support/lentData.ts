// One MNIST for all trainers of this process that read this repository's files: to unzip and check it takes half a second, and
// a hundred trainers open it. Whoever tests loading itself gives a source of its own, or asks without `early`.
import { fileSource } from "../../scripts/support/fileSource";
import type { Dataset } from "../../src/engine/data";
import { mnist } from "../../src/engine/data/mnist";

const { load } = mnist;
let lent: Promise<Dataset> | undefined;

Object.assign(mnist, {
  load: ((source, options) => {
    if (source !== fileSource || !options?.early) return load.call(mnist, source, options);
    return (lent ??= load.call(mnist, source, options));
  }) satisfies typeof load,
});
