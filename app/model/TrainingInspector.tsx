/** How to train: optimizer, learning rate, schedule, loss, and the numbers of the run. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconDice5 } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Config, Fields, ModelDescription } from "../../src/engine";
import { optimizers, schedules, trainingFields, trainingFieldsFor } from "../../src/engine";
import { DraftInput } from "../fields/DraftInput";
import { FieldForm } from "../fields/FieldForm";
import { FieldRow } from "../fields/FieldRow";
import { RegistrySelect } from "../fields/RegistrySelect";
import type { Reading } from "../fields/text";
import { readNumber, showNumber } from "../fields/text";
import { useDraftText } from "../fields/useDraftText";
import { edit, useDescription, useReport } from "../store/model";
import { MachineSettings } from "../train/MachineSettings";
import { setOptimizer, setSchedule, setTraining, setTrainingConfig } from "./edit";
import { ProblemList } from "./ProblemList";
import { SchedulePreview } from "./SchedulePreview";
import { lossChoice, optimizerChoice, scheduleChoice } from "./trainingChoices";
import classes from "./TrainingInspector.module.css";

/** Begins the ids of the optimizer's controls. */
export const OPTIMIZER_PREFIX = "optimizer";

export function TrainingInspector() {
  const description = useDescription();
  const report = useReport();
  const { training } = description;
  const { learningRate, ...others } = optimizers[training.optimizer.type].fields;
  const unpinned = report.problems.filter(({ layerId }) => layerId === undefined);
  return (
    <div className={classes.body}>
      {unpinned.length > 0 && <ProblemList problems={unpinned} />}
      <Group title="Optimizer">
        <RegistrySelect
          id="training-optimizer"
          {...optimizerChoice}
          value={training.optimizer.type}
          onChange={(type) => edit((model) => setOptimizer(model, type))}
        />
        <ConfigForm part="optimizer" fields={learningRate ? { learningRate } : {}} config={training.optimizer.config} />
        <More title={`More of ${training.optimizer.type}`} fields={others}>
          <ConfigForm part="optimizer" fields={others} config={training.optimizer.config} />
        </More>
        <RegistrySelect
          id="training-schedule"
          {...scheduleChoice}
          value={training.schedule.type}
          onChange={(type) => edit((model) => setSchedule(model, type))}
        />
        <ConfigForm
          part="schedule"
          fields={schedules[training.schedule.type].fields}
          config={training.schedule.config}
        />
        <SchedulePreview training={training} />
      </Group>
      <Group title="Objective">
        <RegistrySelect
          id="training-loss"
          {...lossChoice}
          value={training.loss}
          onChange={(loss) => edit((model) => setTraining(model, { loss }))}
        />
      </Group>
      <Group title="Run">
        <NumbersForm keys={["batchSize", "epochs"]} description={description} />
        <SeedControl seed={training.seed} />
        <NumbersForm keys={["validationCount", "clipNorm", "patience"]} description={description} />
      </Group>
      <Group title="Machine">
        <MachineSettings />
        <nav className={classes.device} aria-label="This device">
          <a href="./selftest.html" target="_blank" rel="noopener">
            Self-test of this device
          </a>
          <a href="./bench.html" target="_blank" rel="noopener">
            Benchmark of this device
          </a>
        </nav>
      </Group>
    </div>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={classes.group} aria-label={title}>
      <h3 className={classes.groupTitle}>{title}</h3>
      {children}
    </section>
  );
}

interface MoreProps {
  readonly title: string;
  readonly fields: Fields;
  readonly children: ReactNode;
}

function More({ title, fields, children }: MoreProps) {
  if (Object.keys(fields).length === 0) return null;
  return (
    <details className={classes.more}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

interface ConfigFormProps {
  readonly part: "optimizer" | "schedule";
  readonly fields: Fields;
  readonly config: Config;
}

function ConfigForm({ part, fields, config }: ConfigFormProps) {
  return (
    <FieldForm
      prefix={part}
      fields={fields}
      config={config}
      onChange={(key, value, isGradual) =>
        edit((model) => setTrainingConfig(model, part, key, value), isGradual ? `${part}.${key}` : "")
      }
    />
  );
}

interface NumbersFormProps {
  readonly keys: readonly (keyof typeof trainingFields)[];
  readonly description: ModelDescription;
}

function NumbersForm({ keys, description: { dataset, training } }: NumbersFormProps) {
  const fields = trainingFieldsFor(dataset);
  return (
    <FieldForm
      prefix="training"
      fields={Object.fromEntries(keys.map((key) => [key, fields[key]]))}
      config={Object.fromEntries(keys.map((key) => [key, training[key]]))}
      onChange={(key, value, isGradual) =>
        edit((model) => setTraining(model, { [key]: value }), isGradual ? `training.${key}` : "")
      }
    />
  );
}

function SeedControl({ seed }: { readonly seed: number }) {
  const id = "training-seed";
  const set = (value: unknown): void => {
    if (typeof value === "number") edit((model) => setTraining(model, { seed: value }));
  };
  const read = (text: string): Reading => readNumber(trainingFields.seed, text);
  const draft = useDraftText({ value: seed, show: showNumber, read, onChange: set });
  return (
    <FieldRow id={id} label={trainingFields.seed.label} help={trainingFields.seed.help} problem={draft.problem}>
      <div className={classes.seed}>
        <DraftInput id={id} flex={1} inputMode="numeric" draft={draft} />
        <Tooltip label="Roll a new seed">
          <ActionIcon
            size={30}
            variant="default"
            aria-label="Roll a new seed"
            onClick={() => edit((model) => setTraining(model, { seed: Math.floor(Math.random() * 1e6) }))}
          >
            <IconDice5 size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
    </FieldRow>
  );
}
