/** The tree of runs, as a list that is indented: each run, then those that were forked from it. Pure. */

interface Descending {
  readonly id: string;
  readonly parent: string | null;
}

/** A run and how many of the list it descends from. */
interface Branch<R> {
  readonly run: R;
  readonly depth: number;
}

/** Runs in the order of the list, their forks below them. One whose parent is not in the list stands on its own, and so do those that
 *  descend from each other in a circle, as only a file can say. */
export function treeOf<R extends Descending>(runs: readonly R[]): readonly Branch<R>[] {
  const ids = new Set(runs.map(({ id }) => id));
  const forks = new Map<string, R[]>();
  const roots: R[] = [];
  for (const run of runs) {
    if (run.parent === null || !ids.has(run.parent)) roots.push(run);
    else forks.set(run.parent, [...(forks.get(run.parent) ?? []), run]);
  }
  const found: Branch<R>[] = [];
  const seen = new Set<R>();
  const visit = (run: R, depth: number): void => {
    if (seen.has(run)) return;
    seen.add(run);
    found.push({ run, depth });
    for (const fork of forks.get(run.id) ?? []) visit(fork, depth + 1);
  };
  for (const run of [...roots, ...runs]) visit(run, 0);
  return found;
}
