/** Freezes all layers up to one, or thaws all. */
import { Button, Group } from "@mantine/core";
import "@mantine/core/styles/Group.css";
import { t } from "../common/words";
import { edit } from "../store/model";
import { freezeUpTo } from "./stages";

interface FreezingProps {
  readonly network: string;
  readonly id: string;
}

export function Freezing({ network, id }: FreezingProps) {
  return (
    <Group gap="xs">
      <Button variant="default" onClick={() => edit((model) => freezeUpTo(model, network, id))}>
        {t("starts.freezeUpTo")}
      </Button>
      <Button variant="default" onClick={() => edit((model) => freezeUpTo(model, network, null))}>
        {t("starts.thawAll")}
      </Button>
    </Group>
  );
}
