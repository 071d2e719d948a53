import {
  type CSSVariablesResolver,
  createTheme,
  defaultCssVariablesResolver,
  type MantineColorsTuple,
} from "@mantine/core";
import { TOKENS } from "./tokens.ts";

const petrol: MantineColorsTuple = [
  "#e3f1ee",
  "#cbe5e0",
  "#a2d0c8",
  "#77d6c7",
  "#58c9b7",
  "#2f9a8a",
  "#147567",
  "#0b6459",
  "#08544b",
  "#06443d",
];

const MONO = "ui-monospace, SFMono-Regular, 'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** ui.md §6, as Mantine wants it. What a component shall look like is said in theme/mantine.css. */
export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 7, dark: 4 },
  colors: { petrol },
  autoContrast: true,
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: MONO,
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  lineHeights: { xs: "16px", sm: "20px", md: "20px", lg: "22px", xl: "28px" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  radius: { xs: "4px", sm: "6px", md: "9px", lg: "10px", xl: "16px" },
  defaultRadius: "sm",
  headings: { fontWeight: "650" },
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    ModalRoot: { defaultProps: { lockScroll: false } },
    Button: { defaultProps: { variant: "filled" } },
    Modal: {
      defaultProps: { lockScroll: false, centered: true, radius: "lg", transitionProps: { duration: 120 } },
    },
    Drawer: { defaultProps: { lockScroll: false, transitionProps: { duration: 120 } } },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: "none" } },
    Select: { defaultProps: { checkIconPosition: "right", allowDeselect: false, withScrollArea: false } },
    Autocomplete: { defaultProps: { withScrollArea: false } },
    MultiSelect: { defaultProps: { withScrollArea: false } },
    Tooltip: { defaultProps: { openDelay: 350, transitionProps: { duration: 80 } } },
  },
});

const names = Object.keys(TOKENS) as (keyof typeof TOKENS)[];
const scheme = (which: 0 | 1): Record<`--${string}`, string> =>
  Object.fromEntries(names.map((name) => [`--${name}`, TOKENS[name][which]]));

/** Our colours, and Mantine's own names for the same: one source for both. */
const shared: Record<`--${string}`, string> = {
  "--mantine-color-body": "var(--surface)",
  "--mantine-color-text": "var(--text-1)",
  "--mantine-color-bright": "var(--text-1)",
  "--mantine-color-dimmed": "var(--text-3)",
  "--mantine-color-placeholder": "var(--text-3)",
  "--mantine-color-anchor": "var(--brand)",
  "--mantine-color-error": "var(--bad)",
  "--mantine-color-default": "var(--surface)",
  "--mantine-color-default-hover": "var(--hover)",
  "--mantine-color-default-color": "var(--text-1)",
  "--mantine-color-default-border": "var(--line-strong)",
  "--mantine-color-disabled": "var(--hover)",
  "--mantine-color-disabled-color": "var(--text-3)",
  "--mantine-color-disabled-border": "var(--line)",
  "--mantine-primary-color-filled": "var(--brand)",
  "--mantine-primary-color-filled-hover": "var(--brand-hover)",
  "--mantine-primary-color-light": "var(--brand-soft)",
  "--mantine-primary-color-light-hover": "var(--brand-soft)",
  "--mantine-primary-color-light-color": "var(--brand)",
  "--mantine-primary-color-contrast": "var(--on-brand)",
  "--mantine-color-petrol-filled": "var(--brand)",
  "--mantine-color-petrol-filled-hover": "var(--brand-hover)",
  "--mantine-color-petrol-text": "var(--brand)",
  "--mantine-color-petrol-light": "color-mix(in srgb, var(--brand) 20%, var(--surface))",
  "--mantine-color-petrol-light-hover": "color-mix(in srgb, var(--brand) 26%, var(--surface))",
  "--mantine-color-petrol-light-color": "var(--brand)",
  "--mantine-color-red-filled": "var(--bad)",
  "--mantine-color-red-filled-hover": "var(--bad)",
};

/** The variables of the style sheet that the build makes (vite.config.ts); at run time none are injected. */
export const cssVariables: CSSVariablesResolver = (own) => {
  const { variables, light, dark } = defaultCssVariablesResolver(own);
  return {
    variables,
    light: { ...light, ...scheme(0), ...shared },
    dark: { ...dark, ...scheme(1), ...shared },
  };
};
