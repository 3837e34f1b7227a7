/** What analysis tells of a model. Types only. */
import type { ModelFix } from "../../errors";
import type { TensorType } from "../../graph/type";
import type { VariableSpec } from "../../nn/layer";
import { type EngineKey, type Said } from "../../words/said";

/** Something wrong, or worth a warning. Errors block training. */
export interface Problem {
  readonly severity: "error" | "warning";
  readonly said: Said<EngineKey>;
  /** The layer it is pinned to; problems of the whole model have none. */
  readonly layerId?: string;
  readonly fix?: ModelFix;
}

/** What is known of one block. Types leave the batch out; `null` follows an error above. */
export interface LayerReport {
  readonly id: string;
  readonly network: string;
  /** Its own name or a numbered one; unique in its network unless the visitor chose the same name twice. */
  readonly name: string;
  readonly input: TensorType | null;
  readonly output: TensorType | null;
  /** What a layer keeps; a container keeps nothing itself. */
  readonly variables: Readonly<Record<string, VariableSpec>>;
  /** Whether it, its network or a container around it is frozen. */
  readonly isFrozen: boolean;
  /** Numbers that it keeps, those of what it holds included. */
  readonly parameterCount: number;
  /** Forward, one sample; a multiply-add counts as two. Includes what it holds. */
  readonly flops: number;
  readonly problems: readonly Problem[];
}

/** What is known of one network. */
export interface NetworkReport {
  readonly input: TensorType | null;
  readonly output: TensorType | null;
  /** All its blocks, each before what it holds. */
  readonly layers: readonly LayerReport[];
  readonly parameterCount: number;
  readonly flops: number;
}

/** What is known of a model. */
export interface ModelReport {
  readonly networks: Readonly<Record<string, NetworkReport>>;
  /** The blocks of all networks. */
  readonly layers: readonly LayerReport[];
  readonly parameterCount: number;
  /** Of those, the ones that training changes by gradients. */
  readonly trainableCount: number;
  /** Forward, one sample, each network once. */
  readonly flops: number;
  /** All problems, the layers' own first. */
  readonly problems: readonly Problem[];
}
