/** Whether the model that is trained, or the edited one before any is, holds samples out to be validated by. */
import { useModel } from "./model";
import { useRun } from "./run";

export function useHoldsOut(): boolean {
  const edited = useModel(({ description }) => description.training.validationCount > 0);
  const prepared = useRun(({ prepared: model }) => model && model.training.validationCount > 0);
  return prepared ?? edited;
}
