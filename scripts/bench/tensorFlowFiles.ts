// Where the bundler puts the binaries of TensorFlow.js's WebAssembly backend, by the names that it asks for.
import plain from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import threadedSimd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url";

// Absolute: the library's threads run from a blob, which has no folder.
const absolute = (url: string) => new URL(url, import.meta.url).href;

export const wasmFiles = {
  "tfjs-backend-wasm.wasm": absolute(plain),
  "tfjs-backend-wasm-simd.wasm": absolute(simd),
  "tfjs-backend-wasm-threaded-simd.wasm": absolute(threadedSimd),
};
