/** What ails a layer, in a word each; the rest is what to try. */
import type { BlockHealth } from "../../src/engine";
import { formatPercent } from "../common/format";
import { t } from "../common/words";
import classes from "./HealthBadges.module.css";

export function HealthBadges({ health: { problems, dead, saturated } }: { readonly health: BlockHealth }) {
  const shares = { dead, saturated, vanishing: null, exploding: null };
  return (
    <span className={classes.badges}>
      {problems.map((problem) => (
        <span key={problem} className={classes.badge} title={t(`inspect.${problem}Help`)}>
          {t(`inspect.${problem}`, { share: formatPercent(shares[problem] ?? 0, 0) })}
        </span>
      ))}
    </span>
  );
}
