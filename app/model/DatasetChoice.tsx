/** Which data a model learns from: built in, or brought by the visitor. */
import { Button, NativeSelect } from "@mantine/core";
import { IconTrash, IconUpload } from "@tabler/icons-react";
import { datasets, findDataset, nameOfData, suitedModel } from "../../src/engine";
import { FieldRow } from "../fields/FieldRow";
import { bring, drawPoints, removeDataset, takeOwn, useDatasets } from "../store/datasets";
import { edit, replaceModel, useDescription } from "../store/model";
import { makeWay } from "../train/session";
import { t, tell, wordOf } from "../common/words";
import { setDataset } from "./edit";
import classes from "./DatasetChoice.module.css";

const ID = "training-dataset";

export function DatasetChoice() {
  const description = useDescription();
  const own = useDatasets(takeOwn);
  const { dataset } = description;
  const found = findDataset(dataset);
  const isOwn = own.some(({ id }) => id === dataset);
  return (
    <>
      <FieldRow id={ID} label={t("training.data")} help={t("training.dataHelp")} isWide>
        <NativeSelect
          id={ID}
          w="100%"
          value={dataset}
          onChange={({ currentTarget: { value } }) => {
            const chosen = findDataset(value);
            if (!chosen) return;
            edit((model) => setDataset(model, chosen));
            makeWay();
          }}
        >
          {!found && <option value={dataset}>{t("training.dataGone")}</option>}
          {own.length > 0 && (
            <optgroup label={t("training.ownData")}>
              {own.map((data) => (
                <option key={data.id} value={data.id}>
                  {data.title}
                </option>
              ))}
            </optgroup>
          )}
          <optgroup label={t("training.builtInData")}>
            {Object.values(datasets).map((data) => (
              <option key={data.id} value={data.id}>
                {tell(nameOfData(data))}
              </option>
            ))}
          </optgroup>
        </NativeSelect>
      </FieldRow>
      {found && (
        <p className={classes.about}>
          {isOwn ? found.description : wordOf(`datasets.${dataset}.description`, found.description)}
        </p>
      )}
      <div className={classes.buttons}>
        <Button variant="light" leftSection={<IconUpload size={15} aria-hidden />} onClick={() => bring()}>
          {t("training.bring")}
        </Button>
        <Button variant="default" onClick={drawPoints}>
          {t("training.drawPoints")}
        </Button>
        {isOwn && found && (
          <>
            <Button
              variant="default"
              onClick={() => {
                const model = suitedModel(found);
                if (!model) return;
                replaceModel(model);
                makeWay();
              }}
            >
              {t("training.suitedModel")}
            </Button>
            <Button
              variant="default"
              leftSection={<IconTrash size={15} aria-hidden />}
              onClick={() => void removeDataset(dataset)}
            >
              {t("training.removeData")}
            </Button>
          </>
        )}
      </div>
    </>
  );
}
