/** Problems of how a model is trained: numbers out of range, and settings that do nothing beside others. */
import type { DataInfo } from "../../data";
import { readConfig } from "../../fields";
import { optimizers } from "../../optim/optimizers";
import { schedules } from "../../optim/schedules";
import { formatCount } from "../../shape";
import type { ModelDescription, NetworkDescription } from "../description";
import { trainingFields } from "../training";
import type { Problem } from "./report";

/** Those of the run and of how each network learns. */
export function settingsProblems(description: ModelDescription, data: DataInfo): Problem[] {
  const { training, networks } = description;
  const { title, trainCount } = data;
  const { validationCount } = training;
  const rest = `Validation samples: expected fewer than the ${formatCount(trainCount)} training samples of ${title}, got ${formatCount(validationCount)}`;
  const errors = [
    ...(validationCount >= trainCount ? [rest] : []),
    ...Object.values(networks).flatMap(({ optimizer, schedule }) => [
      ...readConfig(optimizers[optimizer.type].fields, optimizer.config).problems,
      ...readConfig(schedules[schedule.type].fields, schedule.config).problems,
    ]),
  ].map((message): Problem => ({ severity: "error", message: `Training settings: ${message}.` }));
  if (errors.length > 0) return errors;
  const isOnly = Object.keys(networks).length === 1;
  return [
    ...idlePatience(description, data),
    ...Object.entries(networks).flatMap(([name, network]) =>
      scheduleMisfit(name, network, training.epochs, isOnly ? "" : ` of the ${name}`),
    ),
  ];
}

/** Early stopping without samples to validate on. */
function idlePatience({ training }: ModelDescription, { trainCount }: DataInfo): Problem[] {
  const { patience, validationCount } = training;
  if (patience === 0 || validationCount > 0) return [];
  const heldOut = Math.min(trainingFields.validationCount.default, Math.floor(trainCount / 10));
  const why = `Training settings: patience of ${patience} waits for a better validation loss, but no samples are held out to validate on`;
  if (heldOut === 0) {
    const fix = { kind: "setRun", key: "patience", value: 0 } as const;
    return [{ severity: "warning", message: `${why}. Set it to 0.`, fix }];
  }
  const fix = { kind: "setRun", key: "validationCount", value: heldOut } as const;
  return [{ severity: "warning", message: `${why}. Hold out ${formatCount(heldOut)}.`, fix }];
}

function scheduleMisfit(network: string, { schedule }: NetworkDescription, epochs: number, of: string): Problem[] {
  const { fields, title, misfit } = schedules[schedule.type];
  const found = misfit?.(epochs, readConfig(fields, schedule.config).config);
  if (!found) return [];
  const { message, key, value } = found;
  return [
    {
      severity: "warning",
      message: `Training settings: schedule ${title}${of}: ${message}. Set ${fields[key]?.label.toLowerCase() ?? key} to ${value}.`,
      fix: { kind: "setSchedule", network, key, value },
    },
  ];
}
