/** Every error the engine throws on purpose. It defines classes and no behaviour: callers branch on `code`, visitors read what
 *  is `said`, in their language, and programmers `message`, in English. Either says where, what was expected, what came, and
 *  what to do next. */
import { english, type EngineKey, type Said, say } from "./words/said";

/** The base of all deliberate errors. `code` is stable across versions; `message` is not. What only a wrong use of the API
 *  can cause is plain text; what a visitor can cause or meet is said by key. */
export abstract class DescentError extends Error {
  abstract readonly code: string;
  /** The message for visitors; undefined where only programmers meet it. */
  readonly said: Said<EngineKey> | undefined;

  constructor(message: string | Said<EngineKey>, options?: ErrorOptions) {
    super(typeof message === "string" ? message : english(message), options);
    this.said = typeof message === "string" ? undefined : message;
  }

  override get name(): string {
    // Not the class's own name, which minifying would change.
    return `DescentError (${this.code})`;
  }
}

/** What a visitor is told of an error. */
export const saidBy = (error: DescentError): Said<EngineKey> =>
  error.said ?? say("notice.internal", { message: error.message });

/** What to do about an error that nothing but a mistake in the engine can cause. */
export const REPORT_BUG = "This is a bug in Descent: report this message with the model's description.";

/** Two shapes, or a shape and an attribute, do not fit together. */
export class ShapeError extends DescentError {
  readonly code = "shape";
}

/** An op, layer or option was given a value it does not accept. */
export class ArgumentError extends DescentError {
  readonly code = "argument";
}

/** A one-click repair of the layer that a {@link ModelError} names, as data, so that a page can offer it as a button. There
 *  is one only where one remedy is obvious. */
export type ModelFix =
  | { readonly kind: "insertBefore"; readonly layer: string; readonly config?: Readonly<Record<string, unknown>> }
  /** Adds a layer at the end of the model. */
  | { readonly kind: "append"; readonly layer: string; readonly config: Readonly<Record<string, unknown>> }
  /** Changes one of its settings. */
  | { readonly kind: "set"; readonly key: string; readonly value: unknown }
  /** Changes a setting of the run, or of the schedule by which a network learns; needs no layer. */
  | { readonly kind: "setRun"; readonly key: "validationCount" | "patience"; readonly value: number }
  | { readonly kind: "setSchedule"; readonly network: string; readonly key: string; readonly value: number }
  /** Moves it up, to just above another layer. */
  | { readonly kind: "moveBefore"; readonly layerId: string }
  /** Takes away the name that it was given, so that it is numbered. */
  | { readonly kind: "rename" };

/** A model description cannot be built. `layerId` names the block at fault, when there is one. */
export class ModelError extends DescentError {
  readonly code = "model";

  constructor(
    message: string | Said<EngineKey>,
    readonly layerId?: string,
    readonly fix?: ModelFix,
  ) {
    super(message);
  }
}

/** A dataset file is missing, truncated, corrupt or malformed. */
export class DatasetError extends DescentError {
  readonly code = "dataset";
}

/** The chosen backend cannot do what was asked: no adapter, a limit exceeded, a failed allocation. */
export class BackendError extends DescentError {
  readonly code = "backend";
}

/** A file from outside is not what it should be: damaged, of another format, or of another model. */
export class FileError extends DescentError {
  readonly code = "file";
}

/** Something that helps and is not needed did not answer in time. */
export class LateError extends DescentError {
  readonly code = "late";
}

/** A WGSL kernel did not compile; the message names file, line and column. */
export class KernelError extends DescentError {
  readonly code = "kernel";
}

/** The GPU device went away while it was in use. */
export class DeviceLostError extends DescentError {
  readonly code = "device-lost";
}
