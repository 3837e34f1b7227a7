/** The settings of one layer: everything in it is derived from the layer's record. */
import { Button, TextInput } from "@mantine/core";
import { IconCopy, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { LayerReport } from "../../src/engine";
import { formatShape, layers, LIMITS, sizeOf } from "../../src/engine";
import { FieldForm } from "../fields/FieldForm";
import { FieldRow } from "../fields/FieldRow";
import { formatCount, formatFlops } from "../format";
import { edit, useDescription, useReport } from "../store/model";
import { copyLayer, deleteLayer } from "./actions";
import { INSPECTOR_TITLE_ID } from "./cardFocus";
import { renameLayer, setLayerConfig } from "./edit";
import { LayerBadge } from "./LayerBadge";
import { problemsOf } from "./layerView";
import { ProblemList } from "./ProblemList";
import classes from "./Inspector.module.css";

/** Begins the ids of a layer's controls. */
export const LAYER_PREFIX = "layer";

export function LayerInspector({ id }: { readonly id: string }) {
  const description = useDescription();
  const report = useReport();
  const block = description.layers.find((layer) => layer.id === id);
  const found = report.layers.find((layer) => layer.id === id);
  if (!block || !found) return null;
  const layer = layers[block.type];
  const problems = problemsOf(report, id);
  return (
    <>
      <div className={classes.intro}>
        <LayerBadge badge={layer.badge} category={layer.category} />
        <div>
          <h3 id={INSPECTOR_TITLE_ID} className={classes.introTitle} tabIndex={-1}>
            {block.type}
          </h3>
          <p className={classes.introHelp}>{layer.help}</p>
        </div>
      </div>
      {problems.length > 0 && <ProblemList problems={problems} />}
      {/* What is being typed belongs to the layer; the buttons below keep the focus from one layer to the next. */}
      <div key={id} className={classes.group}>
        <NameField id={id} name={block.name ?? ""} fallback={found.name} />
        <FieldForm
          prefix={LAYER_PREFIX}
          fields={layer.fields}
          config={block.config}
          onChange={(key, value, isGradual) =>
            edit((model) => setLayerConfig(model, id, key, value), isGradual ? `${id}.${key}` : "")
          }
        />
      </div>
      <LayerFacts report={found} />
      <div className={classes.actions}>
        <Button variant="default" leftSection={<IconCopy size={14} />} onClick={() => copyLayer(id)}>
          Duplicate
        </Button>
        <Button variant="default" leftSection={<IconTrash size={14} />} onClick={() => deleteLayer(id)}>
          Remove
        </Button>
      </div>
    </>
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
      <dt>Input</dt>
      <dd>{report.input ? formatShape(report.input) : "not known"}</dd>
      <dt>Output</dt>
      <dd>{report.output ? formatShape(report.output) : "not known"}</dd>
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
