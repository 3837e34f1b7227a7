/** How to train: optimizer, learning rate, schedule, loss, and the numbers of the run. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconDice5 } from "@tabler/icons-react";
import { type ReactNode, Suspense } from "react";
import type { Config, Fields, ModelDescription, NetworkDescription } from "../../src/engine";
import {
  aboutOf,
  networkFields,
  optimizers,
  schedules,
  stoppingFields,
  tasks,
  trainingFields,
  trainingFieldsFor,
} from "../../src/engine";
import { DraftInput } from "../fields/DraftInput";
import { FieldForm, inWords } from "../fields/FieldForm";
import { FieldRow } from "../fields/FieldRow";
import { RegistrySelect } from "../fields/RegistrySelect";
import type { Reading } from "../fields/text";
import { readNumber, showNumber } from "../fields/text";
import { useDraftText } from "../fields/useDraftText";
import { dataOf, edit, useDescription, useReport, useShownNetwork } from "../store/model";
import { MachineSettings } from "../train/MachineSettings";
import { setLearningConfig, setNetwork, setOptimizer, setSchedule, setTaskConfig, setTraining } from "./edit";
import { StartField } from "../start/later";
import { DatasetChoice } from "./DatasetChoice";
import { ProblemList } from "./ProblemList";
import { SchedulePreview } from "./SchedulePreview";
import { optimizerChoice, scheduleChoice } from "./trainingChoices";
import { t } from "../common/words";
import { networkTitle } from "../store/networkTitle";
import classes from "./TrainingInspector.module.css";

/** Begins the ids of the optimizer's controls. */
export const OPTIMIZER_PREFIX = "optimizer";

export function TrainingInspector() {
  const description = useDescription();
  const report = useReport();
  const name = useShownNetwork();
  const { training, task, networks } = description;
  const network = networks[name];
  const unpinned = report.problems.filter(({ layerId }) => layerId === undefined);
  const title = Object.keys(networks).length > 1 ? networkTitle(description, name) : undefined;
  return (
    <div className={classes.body}>
      {unpinned.length > 0 && <ProblemList problems={unpinned} />}
      <Group title={t("training.dataTitle")}>
        <DatasetChoice />
      </Group>
      {network && isTrained(description, name) && (
        <Learning name={name} network={network} title={title} epochs={training.epochs} />
      )}
      {Object.keys(tasks[task.type].fields).length > 0 && (
        <Group title={t("training.objective")}>
          <FieldForm
            prefix="task"
            record={`tasks.${task.type}`}
            fields={tasks[task.type].fields}
            config={task.config}
            onChange={(key, value, isGradual) =>
              edit((model) => setTaskConfig(model, key, value), isGradual ? `task.${key}` : "")
            }
          />
        </Group>
      )}
      <Group title={t("training.run")}>
        <NumbersForm keys={["batchSize", "epochs"]} description={description} />
        <SeedControl seed={training.seed} />
        <Suspense>
          <StartField />
        </Suspense>
        <NumbersForm keys={["validationCount", "samples", "patience"]} description={description} />
        {training.patience > 0 && (
          <FieldForm
            prefix="training"
            record="stopping"
            fields={stoppingFields}
            config={{ restoreBest: training.restoreBest ?? true }}
            onChange={(_, value) => {
              if (typeof value === "boolean") edit((model) => setTraining(model, { restoreBest: value }));
            }}
          />
        )}
      </Group>
      <Group title={t("training.machine")}>
        <MachineSettings />
        <nav className={classes.device} aria-label={t("training.device")}>
          <a href="./selftest.html" target="_blank" rel="noopener">
            {t("training.selfTest")}
          </a>
          <a href="./bench.html" target="_blank" rel="noopener">
            {t("training.bench")}
          </a>
        </nav>
      </Group>
    </div>
  );
}

/** Whether a network learns by gradients at all. */
const isTrained = (model: ModelDescription, name: string): boolean =>
  tasks[model.task.type].losses(aboutOf(model, dataOf(model))).some(({ trains }) => trains.includes(name));

interface LearningProps {
  readonly name: string;
  readonly network: NetworkDescription;
  /** What the network is called, where there are several. */
  readonly title: string | undefined;
  readonly epochs: number;
}

/** How one network learns. */
function Learning({ name, network, title, epochs }: LearningProps) {
  const { optimizer, schedule, clipNorm } = network;
  const { learningRate, ...others } = optimizers[optimizer.type].fields;
  return (
    <Group title={title === undefined ? t("training.learning") : t("training.learningOf", { network: title })}>
      <RegistrySelect
        id="training-optimizer"
        {...optimizerChoice()}
        value={optimizer.type}
        onChange={(type) => edit((model) => setOptimizer(model, name, type))}
      />
      <ConfigForm
        network={name}
        part="optimizer"
        record={`optimizers.${optimizer.type}`}
        fields={learningRate ? { learningRate } : {}}
        config={optimizer.config}
      />
      <More title={t("training.moreOf", { name: optimizer.type })} fields={others}>
        <ConfigForm
          network={name}
          part="optimizer"
          record={`optimizers.${optimizer.type}`}
          fields={others}
          config={optimizer.config}
        />
      </More>
      <RegistrySelect
        id="training-schedule"
        {...scheduleChoice()}
        value={schedule.type}
        onChange={(type) => edit((model) => setSchedule(model, name, type))}
      />
      <ConfigForm
        network={name}
        part="schedule"
        record={`schedules.${schedule.type}`}
        fields={schedules[schedule.type].fields}
        config={schedule.config}
      />
      <SchedulePreview schedule={schedule} epochs={epochs} />
      <FieldForm
        prefix="training"
        record="networks"
        fields={networkFields}
        config={{ clipNorm }}
        onChange={(_, value, isGradual) => {
          if (typeof value !== "number") return;
          edit((model) => setNetwork(model, name, { clipNorm: value }), isGradual ? `${name}.clipNorm` : "");
        }}
      />
    </Group>
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
  readonly network: string;
  readonly part: "optimizer" | "schedule";
  readonly record: string;
  readonly fields: Fields;
  readonly config: Config;
}

function ConfigForm({ network, part, record, fields, config }: ConfigFormProps) {
  return (
    <FieldForm
      prefix={part}
      record={record}
      fields={fields}
      config={config}
      onChange={(key, value, isGradual) =>
        edit(
          (model) => setLearningConfig(model, network, part, key, value),
          isGradual ? `${network}.${part}.${key}` : "",
        )
      }
    />
  );
}

interface NumbersFormProps {
  readonly keys: readonly (keyof typeof trainingFields)[];
  readonly description: ModelDescription;
}

function NumbersForm({ keys, description }: NumbersFormProps) {
  const { training } = description;
  const fields = trainingFieldsFor(dataOf(description));
  return (
    <FieldForm
      prefix="training"
      record="training"
      fields={Object.fromEntries(keys.map((key) => [key, fields[key]]))}
      config={Object.fromEntries(keys.map((key) => [key, training[key] ?? fields[key].default]))}
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
  const field = inWords(trainingFields.seed, "training.fields.seed");
  const read = (text: string): Reading => readNumber(field, text);
  const draft = useDraftText({ value: seed, show: showNumber, read, onChange: set });
  return (
    <FieldRow id={id} label={field.label} help={field.help} problem={draft.problem}>
      <div className={classes.seed}>
        <DraftInput id={id} flex={1} inputMode="numeric" draft={draft} />
        <Tooltip label={t("training.rollSeed")}>
          <ActionIcon
            size={30}
            variant="default"
            aria-label={t("training.rollSeed")}
            onClick={() => edit((model) => setTraining(model, { seed: Math.floor(Math.random() * 1e6) }))}
          >
            <IconDice5 size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
    </FieldRow>
  );
}
