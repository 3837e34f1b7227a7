/** The registry of containers: one line each. */
import type { ContainerDef } from "../container";
import { bidirectional } from "./bidirectional";
import { branches } from "./branches";
import { residual } from "./residual";
import { timeDistributed } from "./timeDistributed";

const registry = {
  Residual: residual,
  Branches: branches,
  Bidirectional: bidirectional,
  TimeDistributed: timeDistributed,
} satisfies Record<string, unknown>;

/** The registry as it stands, of which another language has the words. */
export type ContainerRegistry = typeof registry;

/** The name of a container. */
export type ContainerType = keyof typeof registry;

/** All containers, in palette order. */
export const containers: Readonly<Record<ContainerType, ContainerDef>> = registry;

/** Whether a container of this name exists. */
export function isContainerType(name: string): name is ContainerType {
  return Object.hasOwn(registry, name);
}
