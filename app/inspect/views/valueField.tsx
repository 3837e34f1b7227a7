/** What a model predicts of every place in a plane, where it predicts one number. */
import { lazily } from "../../common/lazily";
import type { ResultView } from "./view";

const ValueField = lazily(() => import("./field/ValueField").then(({ ValueField: Found }) => Found));

export const valueField: ResultView = {
  id: "value-field",
  hint: "results.valueFieldHint",
  render: ({ count, columns, shown }) => {
    const predicted = shown["output"];
    const hasPoints = Object.values(columns).some(
      ({ info: { kind, shape } }) => kind === "points" && shape.join() === "2",
    );
    const hasValue = Object.values(columns).some(({ info }) => info.kind === "value");
    if (!hasPoints || !hasValue || predicted?.kind !== "value" || predicted.data.length !== count) return null;
    return <ValueField />;
  },
};
