/** A row for each launch: whose it is, what it does, and what it takes. */
import { formatFlops, formatPercent } from "../common/format";
import type { ProfileRow } from "./rows";
import { t, tell } from "../common/words";
import classes from "./ProfileTable.module.css";

const NONE = "–";

export function ProfileTable({ rows }: { readonly rows: readonly ProfileRow[] }) {
  return (
    <section className={classes.scroll} aria-label={t("profile.launches")} tabIndex={0}>
      <table className={classes.table} aria-label={t("profile.launchesOfStep")}>
        <thead>
          <tr>
            <th scope="col" className={classes.place}>
              #
            </th>
            <th scope="col">
              <span className={classes.layer}>{t("profile.layer")}</span>
              <span className={classes.what}>{t("profile.operations")}</span>
            </th>
            <th scope="col" title={t("profile.msHelp")}>
              {t("profile.ms")}
            </th>
            <th scope="col" title={t("profile.shareHelp")}>
              {t("profile.share")}
            </th>
            <th scope="col" title={t("profile.gflopsHelp")}>
              {t("profile.gflops")}
            </th>
            <th scope="col" title={t("profile.mbHelp")}>
              {t("profile.mb")}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ step, bytes, milliseconds, share, flopsPerSecond }) => (
            <tr key={step.index}>
              <td className={classes.place}>{step.index + 1}</td>
              <th scope="row">
                <Launch step={step} />
              </th>
              <td>{milliseconds?.toFixed(3) ?? NONE}</td>
              <td>
                <span className={classes.share}>
                  {share !== null && (
                    <span className={classes.track} data-track aria-hidden>
                      <span className={classes.fill} data-bar style={{ width: `${100 * share}%` }} />
                    </span>
                  )}
                  <span>{share === null ? NONE : formatPercent(share, 1)}</span>
                </span>
              </td>
              <td>{flopsPerSecond === null ? NONE : (flopsPerSecond / 1e9).toFixed(2)}</td>
              <td>{(bytes / 1e6).toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Whose a launch is and what it does in a few words, which open to all of them. */
function Launch({ step }: Pick<ProfileRow, "step">) {
  return (
    <details className={classes.launch}>
      <summary>
        <span className={classes.layer}>{step.label || NONE}</span>{" "}
        <span className={classes.what}>{tell(step.summary)}</span>
      </summary>
      <span className={classes.more}>{describeLaunch(step)}</span>
    </details>
  );
}

/** Everything that the row has no room for. */
function describeLaunch({ operations, flops, detail }: ProfileRow["step"]): string {
  const own = t("profile.launch", { operations, flops: formatFlops(flops) });
  if (!detail) return own;
  const onKernel = t("profile.kernel", { launch: own, kernel: detail.variant });
  const { workgroups } = detail;
  return workgroups === undefined ? onKernel : t("profile.workgroups", { launch: onKernel, workgroups });
}
