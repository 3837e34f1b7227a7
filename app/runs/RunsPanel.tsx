/** The runs that are kept: what each was, how well it did, and what can be done with it. Loaded only when it is asked for. */
import "@mantine/core/styles/Progress.css";
import { Button, NativeSelect, Progress, TextInput, Tooltip } from "@mantine/core";
import { IconChartLine, IconDeviceFloppy, IconFlag2, IconFolderOpen, IconListSearch } from "@tabler/icons-react";
import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import type { ListedRun } from "../../src/engine";
import { formatBytes } from "../common/format";
import { lazily } from "../common/lazily";
import { t } from "../common/words";
import { MAX_PINS, RUNS_FILE, useRuns } from "../store/runs";
import { openTrials } from "../store/trials";
import { ownRun } from "../train/keptRun";
import { CompareTable } from "./CompareTable";
import { isFound } from "./filter";
import { giveUpPacking, openRunsFile, saveRuns, usePacking } from "./packing";
import type { ManyRunsProps } from "./parallel";
import { RunRow } from "./RunRow";
import { treeOf } from "./tree";
import { deleteRun, setBudget, watchRuns } from "./watch";
import classes from "./RunsPanel.module.css";

const ManyRuns = lazily<ManyRunsProps>(() => import("./ManyRuns").then((loaded) => loaded.ManyRuns));

/** What checkpoints may take, to choose from. */
const BUDGETS = [50, 100, 250, 500, 1000, 2000, 4000].map((megabytes) => megabytes * 1e6);

/** Rows that there are room for on most screens, with which the list opens, and those that are added at a time. */
const FIRST = 20;
const PAGE = 60;

export default function RunsPanel() {
  const { runs, names, taken, isForbidden } = useRuns();
  const [most, setMost] = useState(FIRST);
  useEffect(() => void watchRuns(), []);
  const [filter, setFilter] = useState("");
  const tree = useMemo(
    () => treeOf((runs ?? []).filter((run) => isFound(run, names.get(run.id) ?? "", filter))),
    [runs, names, filter],
  );
  const own = ownRun();
  if (isForbidden) {
    return (
      <div className={classes.panel} data-roomy>
        <Head runs={[]} filter="" onFilter={setFilter} />
        <p className={classes.none}>{t("runs.forbidden")}</p>
      </div>
    );
  }
  if (!runs) return <p className={classes.waiting}>{t("results.loading")}</p>;
  const hasRoom = runs.filter(({ mark }) => mark.pin !== null).length < MAX_PINS;
  return (
    <div className={classes.panel} data-roomy>
      <Head runs={runs} filter={filter} onFilter={setFilter} />
      {tree.length === 0 ? (
        <p className={classes.none}>{runs.length === 0 ? t("runs.none") : t("runs.noneFound", { text: filter })}</p>
      ) : (
        <ul className={classes.list} aria-label={t("runs.list")}>
          {tree.slice(0, most).map(({ run, depth }) => (
            <RunRow
              key={run.id}
              run={run}
              name={names.get(run.id) ?? ""}
              depth={depth}
              parent={run.parent === null ? undefined : names.get(run.parent)}
              isOwn={run.id === own}
              isTaken={taken.has(run.id)}
              canPin={hasRoom || run.mark.pin !== null}
              onDelete={() => deleteRun({ id: run.id, name: names.get(run.id) ?? "" })}
            />
          ))}
        </ul>
      )}
      {tree.length > most && (
        <Button variant="default" onClick={() => setMost(most + PAGE)}>
          {t("runs.more", { more: Math.min(PAGE, tree.length - most) })}
        </Button>
      )}
      <CompareTable runs={runs} names={names} />
      {tree.length >= FEWEST_COMPARED && <Many tree={tree} names={names} />}
      <Room runs={runs} />
    </div>
  );
}

/** Fewer runs are compared by their table alone. */
const FEWEST_COMPARED = 3;

interface ManyProps {
  readonly tree: ReturnType<typeof treeOf<ListedRun>>;
  readonly names: ReadonlyMap<string, string>;
}

/** All runs that are listed, side by side, when it is asked for. */
function Many({ tree, names }: ManyProps) {
  const [isOpen, setIsOpen] = useState(false);
  const runs = useMemo(() => tree.map(({ run }) => run), [tree]);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconChartLine size={16} />}
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        {isOpen ? t("runs.manyClose") : t("runs.manyOpen", { all: runs.length })}
      </Button>
      {isOpen && (
        <Suspense fallback={<p className={classes.waiting}>{t("results.loading")}</p>}>
          <ManyRuns runs={runs} names={names} />
        </Suspense>
      )}
    </>
  );
}

/** As many runs are found without a filter. */
const FEW = 4;

interface HeadProps {
  readonly runs: readonly ListedRun[];
  readonly filter: string;
  readonly onFilter: (text: string) => void;
}

/** Finds runs, and takes them from file to file. */
function Head({ runs, filter, onFilter }: HeadProps) {
  const { work, share } = usePacking();
  const picker = useRef<HTMLInputElement>(null);
  if (work) {
    const title = t(work === "saving" ? "runs.saving" : "runs.opening");
    return (
      <div className={classes.head}>
        <span>{title}</span>
        <Progress className={classes.progress ?? ""} value={share * 100} aria-label={title} />
        <Button size="compact-sm" variant="default" onClick={giveUpPacking}>
          {t("runs.giveUp")}
        </Button>
      </div>
    );
  }
  return (
    <div className={classes.head}>
      {runs.length > FEW && (
        <TextInput
          className={classes.filter ?? ""}
          type="search"
          aria-label={t("runs.filter")}
          placeholder={t("runs.filterHint")}
          value={filter}
          onChange={({ currentTarget: { value } }) => onFilter(value)}
        />
      )}
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconFlag2 size={16} />}
        aria-haspopup="dialog"
        onClick={() => openTrials("race")}
      >
        {t("runs.race")}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconListSearch size={16} />}
        aria-haspopup="dialog"
        onClick={() => openTrials("search")}
      >
        {t("runs.search")}
      </Button>
      <Tooltip label={t("runs.openHelp")}>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconFolderOpen size={16} />}
          onClick={() => picker.current?.click()}
        >
          {t("runs.open")}
        </Button>
      </Tooltip>
      {runs.length > 0 && (
        <Tooltip label={t("runs.saveAllHelp")}>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconDeviceFloppy size={16} />}
            onClick={() =>
              void saveRuns(
                runs.map(({ id }) => id),
                false,
                "runs",
              )
            }
          >
            {t("runs.saveAll")}
          </Button>
        </Tooltip>
      )}
      <input
        ref={picker}
        type="file"
        accept={RUNS_FILE}
        hidden
        aria-label={t("runs.open")}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file) void openRunsFile(file);
          currentTarget.value = "";
        }}
      />
    </div>
  );
}

/** How much is kept, and how much may be. */
function Room({ runs }: { readonly runs: readonly ListedRun[] }) {
  const { budgetBytes } = useRuns();
  const used = runs.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const choices = [...new Set([...BUDGETS, budgetBytes])].toSorted((a, b) => a - b);
  return (
    <div className={classes.room}>
      <span>{t("runs.kept", { used: formatBytes(used) })}</span>
      <NativeSelect
        aria-label={t("runs.budget")}
        data={choices.map((byteLength) => ({ value: String(byteLength), label: formatBytes(byteLength) }))}
        value={String(budgetBytes)}
        onChange={({ currentTarget: { value } }) => void setBudget(Number(value))}
      />
    </div>
  );
}
