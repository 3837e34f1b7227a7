/** Clusters while they come about: the middle of each, how many samples it has and of which classes. A cluster that is pressed chooses
 *  its samples, for all views. */
import { type CSSProperties, useEffect, useMemo, useRef, useState } from "react";
import { type ColumnInfo, say, sizeOf } from "../../../../src/engine";
import { formatCount, formatPercent } from "../../../common/format";
import { t } from "../../../common/words";
import { useDescription } from "../../../store/model";
import { takePrepared, useRun } from "../../../store/run";
import { chooseSamples, lookAt, takeAt, takeChosen, useSamples } from "../../../store/samples";
import { useInquiry } from "../../../train/inquire";
import { Picture } from "../Picture";
import { meanRowOf } from "../row";
import { hueOf } from "../plane/places";
import { useTestSamples } from "../plane/useTestSamples";
import { ClusterPlane } from "./ClusterPlane";
import { type Group, groupsOf, purityOf } from "./grouped";
import classes from "./ClustersView.module.css";

/** Samples of a cluster that are shown. */
const MAX_SHOWN = 60;
/** The answer takes a fraction of a step. */
const PATIENCE = 3;
/** Numbers of a centroid that are told. */
const MAX_CELLS = 3;
/** Classes that are named of a cluster. */
const MAX_NAMED = 3;

export default function ClustersView() {
  const samples = useTestSamples();
  const read = Object.values(samples ?? {}).find(({ info }) => info.kind !== "class");
  const count = read ? read.values.length / sizeOf(read.info.shape) : 0;
  const question = useMemo(() => (count > 0 ? { count } : null), [count]);
  const found = useInquiry("clusters", question, PATIENCE);
  const told = Object.values(samples ?? {}).find(({ info }) => info.kind === "class");
  const groups = useMemo(
    () => found && groupsOf(found.count, found.nearest, found.distances, told?.values),
    [found, told],
  );
  const values = useMemo(() => read && Float32Array.from(read.values), [read]);
  if (!found || !groups || !read || !values) return <p className={classes.hint}>{t("inspect.noClusters")}</p>;
  return (
    <Clusters
      groups={groups}
      middles={found.middles}
      areSamples={found.areSamples}
      nearest={found.nearest}
      values={values}
      info={read.info}
      names={told?.info.names ?? []}
    />
  );
}

interface ClustersProps {
  readonly groups: readonly Group[];
  /** `[k, ...sample]` */
  readonly middles: Float32Array;
  readonly areSamples: boolean;
  readonly nearest: Uint16Array;
  /** `[samples, ...sample]` */
  readonly values: Float32Array;
  readonly info: ColumnInfo;
  readonly names: readonly string[];
}

function Clusters({ groups, middles, areSamples, nearest, values, info, names }: ClustersProps) {
  const prepared = useRun(takePrepared);
  const edited = useDescription();
  const { dataset } = prepared ?? edited;
  const [cluster, setCluster] = useState<number | null>(null);
  const all = nearest.length;
  const size = sizeOf(info.shape);
  const isPlane = info.kind === "points" && info.shape.join() === "2";
  const purity = purityOf(groups);
  const choose = (at: number): void => {
    setCluster(at);
    const rows = groups[at]?.rows ?? [];
    if (rows.length > 0)
      chooseSamples({ of: "test", rows, said: say("inspect.chosenCluster", { at: at + 1 }), dataset });
  };
  return (
    <div className={classes.view}>
      <p className={classes.line}>
        {t("inspect.clustersOf", { samples: formatCount(all) })}
        {!Number.isNaN(purity) && ` ${t("inspect.clusterPurity", { share: formatPercent(purity, 1) })}`}
        {!areSamples && ` ${t("inspect.clusterMeans")}`}
      </p>
      {isPlane && (
        <ClusterPlane
          middles={middles}
          areMiddles={areSamples}
          values={values}
          nearest={nearest}
          count={groups.length}
          chosen={cluster}
        />
      )}
      <ul
        className={classes.clusters}
        data-pictures={info.kind === "image" || undefined}
        aria-label={t("inspect.clusters")}
      >
        {groups.map((group, at) => (
          // A cluster is what its place says.
          // oxlint-disable-next-line react/no-array-index-key -- as said above
          <li key={at}>
            <button
              type="button"
              className={classes.cluster}
              aria-pressed={cluster === at}
              aria-label={describe(group, at, all, names)}
              onClick={() => choose(at)}
            >
              {info.kind === "image" ? (
                <Picture
                  values={middles.subarray(at * size, (at + 1) * size)}
                  shape={info.shape}
                  className={classes.middle}
                />
              ) : (
                <span className={classes.place} style={hueStyle(at, groups.length)}>
                  <span className={classes.swatch} data-swatch />
                  {meanRowOf(info, middles.subarray(at * size, (at + 1) * size))
                    .slice(0, MAX_CELLS)
                    .map(({ name, text }) => (info.cells ? `${name} ${text}` : text))
                    .join(", ")}
                </span>
              )}
              <Shares group={group} names={names} />
              <span className={classes.caption}>
                <b>{formatCount(group.rows.length)}</b>
                <span>{mostOf(group, names)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {cluster !== null && info.kind === "image" && (
        <Members key={cluster} group={groups[cluster]} at={cluster} values={values} info={info} />
      )}
      <p className={classes.hint}>{t("inspect.clustersHint")}</p>
    </div>
  );
}

const hueStyle = (at: number, count: number): CSSProperties => ({ "--hue": hueOf(at, count) }) as CSSProperties;

/** A bar with as much of each class as the cluster has. */
function Shares({
  group: { classes: own, rows },
  names,
}: {
  readonly group: Group;
  readonly names: readonly string[];
}) {
  if (names.length === 0) return null;
  return (
    <span className={classes.shares} aria-hidden>
      {own.map(({ label, count }) => (
        <span
          key={label}
          className={classes.share}
          data-swatch
          style={{ ...hueStyle(label, names.length), width: `${(100 * count) / rows.length}%` }}
        />
      ))}
    </span>
  );
}

/** The most frequent classes with their shares, as far as they are many. */
const sharesOf = ({ classes: own, rows }: Group, names: readonly string[], most: number): string =>
  own
    .slice(0, most)
    .map(({ label, count }) => `${names[label] ?? ""}: ${formatPercent(count / rows.length, 0)}`)
    .join(", ");

const mostOf = (group: Group, names: readonly string[]): string => sharesOf(group, names, 1);

const describe = (group: Group, at: number, all: number, names: readonly string[]): string =>
  t("inspect.cluster", {
    at: at + 1,
    samples: formatCount(group.rows.length),
    all: formatCount(all),
    classes: sharesOf(group, names, MAX_NAMED),
  });

interface MembersProps {
  readonly group: Group | undefined;
  readonly at: number;
  readonly values: Float32Array;
  readonly info: ColumnInfo;
}

/** The samples of a cluster as they are now, the nearest to its middle first. One that is pressed is looked at in all views. */
function Members({ group, at, values, info }: MembersProps) {
  const chosen = useSamples(takeChosen);
  const place = useSamples(takeAt);
  const size = sizeOf(info.shape);
  const row = chosen?.rows[place];
  const rows = group?.rows ?? [];
  const first = useRef<HTMLDivElement>(null);
  // In a low panel the first of them would be out of sight, and nothing seem to happen.
  useEffect(() => {
    first.current?.querySelector("button")?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <section aria-label={t("inspect.clusterSamples", { at: at + 1 })}>
      <div ref={first} className={classes.members} role="group" aria-label={t("inspect.images")}>
        {rows.slice(0, MAX_SHOWN).map((sample) => (
          <button
            key={sample}
            type="button"
            className={classes.member}
            aria-pressed={sample === row}
            aria-label={t("inspect.planeChosen", { row: sample + 1 })}
            onClick={() => lookAt(chosen?.rows.indexOf(sample) ?? -1)}
          >
            <Picture
              values={values.subarray(sample * size, (sample + 1) * size)}
              shape={info.shape}
              className={classes.image}
            />
          </button>
        ))}
      </div>
      {rows.length > MAX_SHOWN && (
        <p className={classes.hint}>
          {t("inspect.nearestOf", { shown: formatCount(MAX_SHOWN), all: formatCount(rows.length) })}
        </p>
      )}
    </section>
  );
}
