/** English: every sentence of the engine that a visitor may meet, which is all that the worker needs. */
import { backend, fault, notice } from "./running";

/** The engine's rooms. */
export const engine = { backend, fault, notice };
