/** The self-test's results, a row a case. */
import { memo } from "react";
import type { SuiteResult } from "../../src/engine";
import { describeMachine, describeOutcome, describeVerdict, hasPassed } from "./report";
import classes from "./ResultTable.module.css";

interface ResultTableProps {
  readonly results: readonly SuiteResult[];
  /** Whether only failures are asked for. */
  readonly isFiltered: boolean;
}

export function ResultTable({ results, isFiltered }: ResultTableProps) {
  return (
    <section className={classes.scroll} aria-label="Results" tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Op</th>
            <th scope="col">Case</th>
            <th scope="col">On</th>
            <th scope="col">Result</th>
            <th scope="col">Worst error</th>
            <th scope="col">Allowed</th>
            <th scope="col">Same bits twice</th>
          </tr>
        </thead>
        <tbody>
          {results.map((result, i) => (
            // Results are only ever added, so a place is an identity.
            // oxlint-disable-next-line react/no-array-index-key
            <Row key={isFiltered ? `failure ${i}` : i} result={result} />
          ))}
        </tbody>
      </table>
      {results.length === 0 && <p className={classes.empty}>{isFiltered ? "No failures." : "No results yet."}</p>}
    </section>
  );
}

const Row = memo(function Row({ result }: { readonly result: SuiteResult }) {
  const [worst, allowed, bits] = describeVerdict(result.verdict);
  return (
    <tr data-passed={hasPassed(result)}>
      <th scope="row">{result.op}</th>
      <td className={classes.case}>
        {result.name}
        {result.error !== null && <span className={classes.error}>{result.error}</span>}
      </td>
      <td>{describeMachine(result)}</td>
      <td className={classes.outcome}>{describeOutcome(result)}</td>
      <td className={classes.number}>{worst}</td>
      <td className={classes.number}>{allowed}</td>
      <td>{bits}</td>
    </tr>
  );
});
