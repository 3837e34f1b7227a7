/** The training worker: the trainer behind Comlink. It starts itself, since a worker is its entry module. */
import * as Comlink from "comlink";
import { defaultGpu } from "../backend/webgpu/webgpuBackend";
import { httpSource } from "../data";
import { memoryStore, openDeviceStore } from "../device/deviceStore";
import { Trainer } from "./trainer";

// The built script's address has a hash of all its code in it, the kernels' texts included. While developing it has none, and
// what is learned of one text must not be believed of the next.
const store = import.meta.env.DEV ? memoryStore() : openDeviceStore(`${navigator.userAgent} ${import.meta.url}`);

Comlink.expose(new Trainer({ gpu: defaultGpu(), openSource: httpSource, store }));
