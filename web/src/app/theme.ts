// Colours that can be read for eight hours: every text reaches a contrast of 4.5 to 1, in the light and in the dark.
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const harbor: MantineColorsTuple = [
  "#eef7f8",
  "#dcebee",
  "#b3d6dc",
  "#87c0ca",
  "#63adbb",
  "#4ca2b2",
  "#3e9cae",
  "#2a8294",
  "#1a7384",
  "#0c6373",
];

export const theme = createTheme({
  colors: { harbor },
  primaryColor: "harbor",
  primaryShade: { light: 9, dark: 8 },
  autoContrast: true,
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily: '"Inter Variable", system-ui, -apple-system, "Segoe UI", sans-serif',
  headings: { fontFamily: '"Inter Variable", system-ui, sans-serif', fontWeight: "650" },
  components: {
    // The colour of an alert is its ground; on that, coloured words reach no contrast.
    Alert: {
      styles: {
        title: { color: "var(--mantine-color-text)" },
        message: { color: "var(--mantine-color-text)" },
        body: { minWidth: 0 },
      },
    },
    // On a phone the choices that do not fit are reached by moving them sideways, not the page.
    SegmentedControl: { styles: { root: { maxWidth: "100%", overflowX: "auto" } } },
    // A list that opened by Tab alone would cover the buttons beneath it; typing, an arrow and a click open it. That of tags knows only the focus.
    Autocomplete: { defaultProps: { openOnFocus: false } },
    MultiSelect: { defaultProps: { openOnFocus: false } },
    // What does not fit ends with a mark, and the whole of it can be read by pointing at it.
    Select: { defaultProps: { openOnFocus: false }, styles: { input: { textOverflow: "ellipsis" } } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { "aria-label": "Close" } } },
    Drawer: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
  },
});

export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "var(--mantine-color-gray-7)",
    "--mantine-color-placeholder": "var(--mantine-color-gray-6)",
    "--mantine-color-error": "var(--mantine-color-red-9)",
    "--mantine-color-disabled-color": "var(--mantine-color-gray-7)",
    "--mantine-color-body": "#ffffff",
    "--page": "#f6f8f9",
    "--line": "#dfe4e7",
  },
  dark: {
    "--mantine-color-dimmed": "var(--mantine-color-dark-1)",
    "--mantine-color-placeholder": "var(--mantine-color-dark-2)",
    "--mantine-color-error": "var(--mantine-color-red-4)",
    "--mantine-color-disabled-color": "var(--mantine-color-dark-1)",
    "--page": "#1b1d20",
    "--line": "#3a3d42",
  },
});
