/** The settings of one layer, inside its card: everything in it is derived from the layer's record. */
import { Button, Switch, TextInput } from "@mantine/core";
import { Suspense, useState } from "react";
import type { ContainerType, LayerReport } from "../../src/engine";
import { containers, defOf, findBlock, hereOf, isContainer, LIMITS, recordOf, sizeOf } from "../../src/engine";
import { FieldForm } from "../fields/FieldForm";
import { FieldRow } from "../fields/FieldRow";
import { formatShape, formatCount, formatFlops } from "../common/format";
import { edit, useDescription, useReport } from "../store/model";
import { Freezing } from "../start/later";
import { changeBranches } from "./actions";
import { renameBlock, setBlockConfig, setFrozen } from "./edit";
import { t, tell, wordOf } from "../common/words";
import classes from "./LayerInspector.module.css";

/** Begins the ids of a layer's controls. */
export const LAYER_PREFIX = "layer";

export function LayerInspector({ id }: { readonly id: string }) {
  const description = useDescription();
  const report = useReport();
  const block = findBlock(description, id)?.block;
  const found = report.layers.find((layer) => layer.id === id);
  if (!block || !found) return null;
  const layer = defOf(block.type);
  const record = recordOf(block);
  const help = wordOf(`${record}.help`, layer.help);
  const here = found.input && found.output && tell(hereOf(block, found.input, found.output));
  return (
    // What is being typed belongs to the layer.
    <div key={id} role="group" aria-label={t("model.settingsOf", { name: found.name })} className={classes.settings}>
      <p className={classes.help}>{here === null ? help : `${help} ${here}`}</p>
      <FieldForm
        prefix={LAYER_PREFIX}
        record={record}
        fields={layer.fields}
        config={block.config}
        isDense
        onChange={(key, value, isGradual) =>
          edit((model) => setBlockConfig(model, id, key, value), isGradual ? `${id}.${key}` : "")
        }
      />
      <details className={classes.more}>
        <summary>{t("model.more")}</summary>
        <FieldForm
          prefix={LAYER_PREFIX}
          record={record}
          fields={layer.fields}
          config={block.config}
          isDense
          isRare
          onChange={(key, value, isGradual) =>
            edit((model) => setBlockConfig(model, id, key, value), isGradual ? `${id}.${key}` : "")
          }
        />
        <NameField id={id} name={block.name ?? ""} fallback={found.name} />
        {found.parameterCount > 0 && (
          <FieldRow id="layer-frozen" label={t("model.frozen")} help={t("model.frozenHelp")}>
            <Switch
              id="layer-frozen"
              checked={block.frozen ?? false}
              onChange={({ currentTarget: { checked } }) => edit((model) => setFrozen(model, id, checked))}
            />
          </FieldRow>
        )}
        <Suspense>
          <Freezing id={id} network={found.network} />
        </Suspense>
        <LayerFacts report={found} />
      </details>
      {isContainer(block) && <Branches id={id} type={block.type} count={block.branches.length} />}
    </div>
  );
}

interface BranchesProps {
  readonly id: string;
  readonly type: ContainerType;
  readonly count: number;
}

/** How many branches a container has, where that can be changed. */
function Branches({ id, type, count }: BranchesProps) {
  const { min, max } = containers[type].branches;
  if (min === max) return null;
  return (
    <div className={classes.actions}>
      <Button variant="default" disabled={count >= max} onClick={() => changeBranches(id, 1)}>
        {t("model.addBranch")}
      </Button>
      <Button variant="default" disabled={count <= min} onClick={() => changeBranches(id, -1)}>
        {t("model.removeBranch")}
      </Button>
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
    <FieldRow id="layer-name" label={t("model.name")} help={t("model.nameHelp")}>
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
          edit((model) => renameBlock(model, id, value), `${id}.name`);
        }}
        onBlur={() => setTyped(null)}
      />
    </FieldRow>
  );
}

function LayerFacts({ report }: { readonly report: LayerReport }) {
  const variables = Object.entries(report.variables);
  const isKnown = report.output !== null;
  return (
    <dl className={classes.facts}>
      {variables.map(([name, { shape }]) => (
        <Fact key={name} name={name} value={`${formatShape(shape)} = ${formatCount(sizeOf(shape))}`} />
      ))}
      <dt>{t("model.factParameters")}</dt>
      <dd>{isKnown ? formatCount(report.parameterCount) : "?"}</dd>
      <dt>{t("model.factCompute")}</dt>
      <dd>{t("model.perSample", { flops: isKnown ? formatFlops(report.flops) : "?" })}</dd>
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
