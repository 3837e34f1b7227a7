/** The training worker: the trainer behind Comlink. It starts itself, since a worker is its entry module. */
import * as Comlink from "comlink";
import { defaultGpu } from "../backend/webgpu/webgpuBackend";
import { httpSource } from "../data";
import { Trainer } from "./trainer";

Comlink.expose(new Trainer({ gpu: defaultGpu(), openSource: httpSource }));
