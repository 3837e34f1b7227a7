/** The settings of one layer, inside its card: everything in it is derived from the layer's record. */
import { TextInput } from "@mantine/core";
import { useState } from "react";
import type { LayerReport } from "../../src/engine";
import { formatShape, layers, LIMITS, sizeOf } from "../../src/engine";
import { FieldForm } from "../fields/FieldForm";
import { FieldRow } from "../fields/FieldRow";
import { formatCount, formatFlops } from "../format";
import { edit, useDescription, useReport } from "../store/model";
import { renameLayer, setLayerConfig } from "./edit";
import classes from "./LayerInspector.module.css";

/** Begins the ids of a layer's controls. */
export const LAYER_PREFIX = "layer";

export function LayerInspector({ id }: { readonly id: string }) {
  const description = useDescription();
  const report = useReport();
  const block = description.layers.find((layer) => layer.id === id);
  const found = report.layers.find((layer) => layer.id === id);
  if (!block || !found) return null;
  const layer = layers[block.type];
  return (
    // What is being typed belongs to the layer.
    <div key={id} role="group" aria-label={`Settings of ${found.name}`} className={classes.settings}>
      <p className={classes.help}>{layer.help}</p>
      <FieldForm
        prefix={LAYER_PREFIX}
        fields={layer.fields}
        config={block.config}
        isDense
        onChange={(key, value, isGradual) =>
          edit((model) => setLayerConfig(model, id, key, value), isGradual ? `${id}.${key}` : "")
        }
      />
      <details className={classes.more}>
        <summary>Name, weights and compute</summary>
        <NameField id={id} name={block.name ?? ""} fallback={found.name} />
        <LayerFacts report={found} />
      </details>
    </div>
  );
}

interface NameFieldProps {
  readonly id: string;
  readonly name: string;
  readonly fallback: string;
}

function NameField({ id, name, fallback }: NameFieldProps) {
  // Spaces at the end must survive while more is being typed.
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <FieldRow
      id="layer-name"
      label="Name"
      help="What messages and exports call this layer. Left empty, it is numbered as in Keras."
    >
      <TextInput
        id="layer-name"
        w="100%"
        autoComplete="off"
        spellCheck={false}
        maxLength={LIMITS.nameLength}
        placeholder={fallback}
        value={typed ?? name}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value);
          edit((model) => renameLayer(model, id, value), `${id}.name`);
        }}
        onBlur={() => setTyped(null)}
      />
    </FieldRow>
  );
}

function LayerFacts({ report }: { readonly report: LayerReport }) {
  const weights = Object.entries(report.weights);
  return (
    <dl className={classes.facts}>
      {weights.map(([name, { shape }]) => (
        <Fact key={name} name={name} value={`${formatShape(shape)} = ${formatCount(sizeOf(shape))}`} />
      ))}
      <dt>Parameters</dt>
      <dd>{formatCount(report.parameterCount)}</dd>
      <dt>Compute</dt>
      <dd>{`${formatFlops(report.flops)} a sample`}</dd>
    </dl>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
