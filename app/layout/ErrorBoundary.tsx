/** The last net: when drawing the page fails, it says so and offers ways back. It never touches the draft by itself. */
import { Component } from "react";
import type { ReactNode } from "react";
import { Button } from "@mantine/core";
import { presets } from "../../src/engine";
import { setAsideDraft } from "../store/draft";
import { replaceModel } from "../store/model";
import { t } from "../common/words";
import classes from "./ErrorBoundary.module.css";

interface State {
  readonly error: Error | null;
}

export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  /** The draft stays in storage under another key, in case it was what broke the page. */
  private readonly startOver = (): void => {
    setAsideDraft();
    replaceModel(presets.perceptron.description);
    this.setState({ error: null });
  };

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <main className={classes.page}>
        <div className={classes.card} role="alert">
          <h1 className={classes.title}>{t("layout.broken")}</h1>
          <p className={classes.text}>{t("layout.brokenHelp")}</p>
          <pre className={classes.message}>{error.message}</pre>
          <div className={classes.actions}>
            <Button size="sm" onClick={() => location.reload()}>
              {t("layout.reload")}
            </Button>
            <Button size="sm" variant="default" onClick={this.startOver}>
              {t("layout.startFromPreset")}
            </Button>
          </div>
        </div>
      </main>
    );
  }
}
