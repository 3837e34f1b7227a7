/** Whether the page shows one part at a time. The same width is written in the style sheets. */
import { useMediaQuery } from "@mantine/hooks";

/** True below 1024 pixels. */
export const useIsNarrow = (): boolean =>
  useMediaQuery("(max-width: 1023px)", undefined, { getInitialValueInEffect: false });
