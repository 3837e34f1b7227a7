/** The link to what is on the page, to be copied, and the model as a file, out and in. */
import { Button, TextInput } from "@mantine/core";
import { IconDownload, IconFolderOpen, IconLink, IconQrcode } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { say } from "../../src/engine";
import { Dialog } from "../common/Dialog";
import { fitsQrCode, QrCode } from "../common/QrCode";
import { t } from "../common/words";
import { MAX_LINK_CHARACTERS } from "../store/linkText";
import { lossesFor } from "../store/losses";
import { useDescription } from "../store/model";
import { notify } from "../store/run";
import { currentLink, trainedLink } from "../train/address";
import { MODEL_FILE, openModelFile, saveModelFile } from "./modelFile";
import classes from "./ShareDialog.module.css";

/** The link; null where it would be too long, undefined where this browser makes none. */
type Made = { readonly url: string | null | undefined };

/** The link with the trained weights; `url` is null where they are too many for one. */
interface Trained {
  readonly url: string | null;
  readonly bits: number;
}

export function ShareDialog({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [made, setMade] = useState<Made | null>(null);
  const [trained, setTrained] = useState<Trained | null>(null);
  useEffect(() => {
    currentLink()
      .then((hash) => setMade({ url: hash === null ? null : addressOf(hash) }))
      .catch(() => setMade({ url: undefined }));
    trainedLink()
      .then((link) => {
        if (link !== undefined) setTrained({ url: link && addressOf(link.hash), bits: link?.bits ?? 0 });
      })
      // Without them there is still the other link.
      .catch(() => {});
  }, []);
  const close = (): void => dialog.current?.close();
  return (
    <Dialog title={t("share.title")} className={classes.dialog} dialog={dialog} onClose={onClose}>
      <LinkPart made={made} trained={trained} onDone={close} />
      <FilePart onDone={close} />
    </Dialog>
  );
}

const addressOf = (hash: string): string => {
  const address = new URL(location.href);
  address.hash = hash;
  return address.href;
};

interface LinkPartProps {
  readonly made: Made | null;
  /** Null where nothing was trained. */
  readonly trained: Trained | null;
  readonly onDone: () => void;
}

function LinkPart({ made, trained, onDone }: LinkPartProps) {
  const hasLosses = lossesFor(useDescription()) !== null;
  const [isTrained, setIsTrained] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const [isQr, setIsQr] = useState(false);
  if (made && !made.url) {
    const why = made.url === null ? t("share.tooLong", { most: MAX_LINK_CHARACTERS }) : t("share.noLink");
    return <p className={classes.part}>{why}</p>;
  }
  const withWeights = isTrained ? trained?.url : undefined;
  const url = withWeights ?? made?.url ?? "";
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(url);
      notify({ severity: "info", topic: "link", said: say("share.copied") });
      onDone();
    } catch {
      field.current?.select();
      notify({ severity: "warning", topic: "link", said: say("share.copyByHand") });
    }
  };
  return (
    <section className={classes.part}>
      <p>{t("share.aboutLink")}</p>
      {hasLosses && !withWeights && <p>{t("share.withLosses")}</p>}
      {trained?.url && (
        <label className={classes.check}>
          <input
            type="checkbox"
            checked={isTrained}
            onChange={({ currentTarget: { checked } }) => setIsTrained(checked)}
          />
          <span>
            {t("share.withWeights")}
            <small>{t("share.withWeightsHelp", { bits: trained.bits })}</small>
          </span>
        </label>
      )}
      {trained?.url === null && <p className={classes.remark}>{t("share.weightsTooLong")}</p>}
      <div className={classes.row}>
        <TextInput
          ref={field}
          className={classes.link ?? ""}
          size="sm"
          aria-label={t("share.link")}
          readOnly
          value={url}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
        <Button size="sm" leftSection={<IconLink size={16} />} disabled={url === ""} onClick={() => void copy()}>
          {t("share.copyLink")}
        </Button>
        <Button
          size="sm"
          variant="default"
          leftSection={<IconQrcode size={16} />}
          disabled={url === ""}
          aria-expanded={isQr}
          onClick={() => setIsQr(!isQr)}
        >
          {t("share.showQr")}
        </Button>
      </div>
      {isQr && <div className={classes.qr}>{fitsQrCode(url) ? <QrCode url={url} /> : t("share.noQr")}</div>}
    </section>
  );
}

function FilePart({ onDone }: { readonly onDone: () => void }) {
  const picker = useRef<HTMLInputElement>(null);
  const open = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    onDone();
    await openModelFile(file);
  };
  return (
    <section className={classes.part}>
      <p>{t("share.aboutFile")}</p>
      <div className={classes.row}>
        <Button size="sm" variant="default" leftSection={<IconDownload size={16} />} onClick={saveModelFile}>
          {t("share.save")}
        </Button>
        <Button
          size="sm"
          variant="default"
          leftSection={<IconFolderOpen size={16} />}
          title={t("share.openHelp")}
          onClick={() => picker.current?.click()}
        >
          {t("share.open")}
        </Button>
        <input
          ref={picker}
          type="file"
          hidden
          aria-label={t("share.open")}
          accept={`${MODEL_FILE},.json,application/json`}
          onChange={({ currentTarget: { files } }) => void open(files?.[0])}
        />
      </div>
    </section>
  );
}
