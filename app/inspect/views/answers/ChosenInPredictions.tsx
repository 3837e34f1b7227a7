/** The chosen samples among the predictions, in the place of the first test samples. */
import { ChosenSamples } from "./ChosenSamples";
import { Waiting } from "./SplitLine";
import { useJudged } from "./useJudged";

export default function ChosenInPredictions() {
  const split = useJudged();
  return split ? <ChosenSamples split={split} hint="" /> : <Waiting />;
}
