/** The look of the page as Mantine's theme. Colours that Mantine has no name for are CSS variables in `global.css`. */
import {
  ActionIcon,
  Button,
  createTheme,
  NativeSelect,
  SegmentedControl,
  Switch,
  TextInput,
  Tooltip,
} from "@mantine/core";
import type { MantineColorsTuple } from "@mantine/core";

const indigo: MantineColorsTuple = [
  "#eef0ff",
  "#e0e4ff",
  "#c6ccff",
  "#a6aeff",
  "#878fff",
  "#6d70fa",
  "#4f46e5",
  "#4338ca",
  "#3730a3",
  "#2c2a83",
];

/** Mantine's scale of dark greys, with a little of the accent in it. */
const dark: MantineColorsTuple = [
  "#e6e9f2",
  "#c4cada",
  "#a8b0c4",
  "#8b93a9",
  "#3a4157",
  "#2a3042",
  "#1b2030",
  "#141824",
  "#0f121c",
  "#0b0d15",
];

const gray: MantineColorsTuple = [
  "#f7f8fc",
  "#eff1f7",
  "#e3e6ef",
  "#d3d8e5",
  "#bcc3d4",
  "#8b93a9",
  "#646c80",
  "#4a5265",
  "#2c3243",
  "#171a26",
];

export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 6, dark: 6 },
  colors: { indigo, dark, gray },
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "12px", xl: "16px" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: "subtle", color: "gray" } }),
    Button: Button.extend({ defaultProps: { size: "xs" } }),
    NativeSelect: NativeSelect.extend({ defaultProps: { size: "xs" } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: "xs" } }),
    Switch: Switch.extend({ defaultProps: { size: "sm", withThumbIndicator: false } }),
    TextInput: TextInput.extend({ defaultProps: { size: "xs" } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 350, withArrow: true, multiline: true, transitionProps: { duration: 100 } },
    }),
  },
});
