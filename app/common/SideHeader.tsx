/** The top line of a page beside the app: its name, and the way back. */
import { IconArrowLeft } from "@tabler/icons-react";
import { Logo } from "./Logo";
import { ThemeToggle } from "./ThemeToggle";
import { t } from "./words";
import classes from "./SideHeader.module.css";

export function SideHeader({ title }: { readonly title: string }) {
  return (
    <header className={classes.header}>
      <Logo />
      <h1 className={classes.title}>{title}</h1>
      <a className={classes.back} href="./">
        <IconArrowLeft size={15} aria-hidden />
        {t("layout.name")}
      </a>
      <ThemeToggle />
    </header>
  );
}
