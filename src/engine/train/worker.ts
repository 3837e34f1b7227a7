/** The training worker: the trainer behind Comlink. It starts itself, since a worker is its entry module. */
import * as Comlink from "comlink";
import { defaultGpu } from "../backend/webgpu/webgpuBackend";
import { httpSource } from "../data";
import { openDeviceStore } from "./deviceStore";
import { Trainer } from "./trainer";

// This script's address has a hash of all its code in it, the kernels' texts included.
const store = openDeviceStore(`${navigator.userAgent} ${import.meta.url}`);

Comlink.expose(new Trainer({ gpu: defaultGpu(), openSource: httpSource, store }));
