/** The self-test's results, a row a case. */
import { memo } from "react";
import type { SuiteResult } from "../../src/engine";
import { describeMachine, describeOutcome, describeVerdict, hasPassed } from "./report";
import { t, tell } from "../common/words";
import classes from "./ResultTable.module.css";

interface ResultTableProps {
  readonly results: readonly SuiteResult[];
  /** Whether only failures are asked for. */
  readonly isFiltered: boolean;
}

export function ResultTable({ results, isFiltered }: ResultTableProps) {
  return (
    <section className={classes.scroll} aria-label={t("selfTest.results")} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t("selfTest.op")}</th>
            <th scope="col">{t("selfTest.case")}</th>
            <th scope="col">{t("selfTest.on")}</th>
            <th scope="col">{t("selfTest.result")}</th>
            <th scope="col">{t("selfTest.worst")}</th>
            <th scope="col">{t("selfTest.allowed")}</th>
            <th scope="col">{t("selfTest.sameBits")}</th>
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
      {results.length === 0 && (
        <p className={classes.empty}>{t(isFiltered ? "selfTest.noFailures" : "selfTest.noResults")}</p>
      )}
    </section>
  );
}

const Row = memo(function Row({ result }: { readonly result: SuiteResult }) {
  const [worst, allowed, bits] = describeVerdict(result.verdict, tell);
  return (
    <tr data-passed={hasPassed(result)}>
      <th scope="row">{result.op}</th>
      <td className={classes.case}>
        {result.name}
        {result.error !== null && <span className={classes.error}>{result.error}</span>}
      </td>
      <td>{describeMachine(result, tell)}</td>
      <td className={classes.outcome}>{describeOutcome(result, tell)}</td>
      <td className={classes.number}>{worst}</td>
      <td className={classes.number}>{allowed}</td>
      <td>{bits}</td>
    </tr>
  );
});
