/** Problems of how a model is trained: numbers out of range, and settings that do nothing beside others. */
import type { DataInfo } from "../../data";
import { readConfig } from "../../fields";
import { optimizers } from "../../optim/optimizers";
import { schedules } from "../../optim/schedules";
import type { ModelDescription, NetworkDescription } from "../description";
import { trainingFields } from "../training";
import type { Problem } from "./report";
import { type EngineKey, nameOf, type Said, say } from "../../words/said";
import { nameOfData } from "../../data/dataset";

/** Those of the run and of how each network learns. */
export function settingsProblems(description: ModelDescription, data: DataInfo): Problem[] {
  const { training, networks } = description;
  const { trainCount } = data;
  const { validationCount } = training;
  const rest = say("problem.tooManyHeldOut", { all: trainCount, data: nameOfData(data), got: validationCount });
  const errors = [
    ...(validationCount >= trainCount ? [rest] : []),
    ...Object.values(networks).flatMap(({ optimizer, schedule }) => [
      ...readConfig(optimizers[optimizer.type].fields, optimizer.config, `optimizers.${optimizer.type}`).problems,
      ...readConfig(schedules[schedule.type].fields, schedule.config, `schedules.${schedule.type}`).problems,
    ]),
  ].map((problem): Problem => ({ severity: "error", said: say("problem.ofSettings", { problem }) }));
  if (errors.length > 0) return errors;
  const isOnly = Object.keys(networks).length === 1;
  return [
    ...idlePatience(description, data),
    ...Object.entries(networks).flatMap(([name, network]) => scheduleMisfit(name, network, training.epochs, isOnly)),
  ];
}

/** Early stopping without samples to validate on. */
function idlePatience({ training }: ModelDescription, { trainCount }: DataInfo): Problem[] {
  const { patience, validationCount } = training;
  if (patience === 0 || validationCount > 0) return [];
  const heldOut = Math.min(trainingFields.validationCount.default, Math.floor(trainCount / 10));
  const problem = say("problem.idlePatience", { patience });
  const warning = (advice: Said<EngineKey>): Pick<Problem, "severity" | "said"> => ({
    severity: "warning",
    said: say("problem.advised", { problem, advice }),
  });
  if (heldOut === 0) {
    const fix = { kind: "setRun", key: "patience", value: 0 } as const;
    return [{ ...warning(say("problem.setToZero")), fix }];
  }
  const fix = { kind: "setRun", key: "validationCount", value: heldOut } as const;
  return [{ ...warning(say("problem.holdOut", { samples: heldOut })), fix }];
}

function scheduleMisfit(network: string, { schedule }: NetworkDescription, epochs: number, isOnly: boolean): Problem[] {
  const { fields, title, misfit } = schedules[schedule.type];
  const found = misfit?.(epochs, readConfig(fields, schedule.config).config);
  if (!found) return [];
  const { said: misfitSaid, key, value } = found;
  const path = `schedules.${schedule.type}`;
  const label = nameOf(`${path}.fields.${key}.label`, fields[key]?.label ?? key);
  const about = { schedule: nameOf(`${path}.title`, title), misfit: misfitSaid, label, value };
  const said = isOnly ? say("problem.schedule", about) : say("problem.scheduleOf", { ...about, network });
  return [{ severity: "warning", said, fix: { kind: "setSchedule", network, key, value } }];
}
