import { ActionIcon, Button, type CSSVariablesResolver, createTheme, Input, InputWrapper, Menu, Popover, Tooltip } from '@mantine/core';
import { variablesOf } from './tokens.ts';

const sans = '"Inter Variable", system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei UI", "Noto Sans CJK SC", sans-serif';
const mono = '"JetBrains Mono", ui-monospace, Consolas, "Noto Sans Mono CJK SC", monospace';

const buttonSizes = { xs: ['24px', '8px', '12px'], sm: ['32px', '12px', '13px'] } as const;

/** Mantine's own inputs are 36 px; one height for all that take text. */
const inputVars = { '--input-height': '32px', '--input-fz': '13px', '--input-padding': '10px' };
const smallControl = { size: 'xs' } as const;

export const theme = createTheme({
  fontFamily: sans,
  fontFamilyMonospace: mono,
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '14px', xl: '18px' },
  lineHeights: { xs: '1.5', sm: '1.3334', md: '1.5385', lg: '1.4286', xl: '1.3334' },
  headings: {
    fontFamily: sans,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '18px', lineHeight: '24px' },
      h2: { fontSize: '14px', lineHeight: '20px' },
      h3: { fontSize: '13px', lineHeight: '20px' },
    },
  },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '4px', md: '6px', lg: '8px', xl: '8px' },
  defaultRadius: 'md',
  breakpoints: { xs: '40em', sm: '60em', md: '75em', lg: '93.75em', xl: '105em' },
  primaryColor: 'ink',
  primaryShade: { light: 6, dark: 5 },
  autoContrast: false,
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  colors: {
    ink: ['#EEF3FC', '#DCE6F8', '#B9CDF0', '#8FB4EE', '#6291DA', '#3A70C8', '#2A5FB8', '#214F9E', '#1A4081', '#132F61'],
    gray: ['#F5F6F7', '#ECEEF0', '#E2E5E9', '#D3D8DD', '#B4BBC3', '#8B939D', '#626A74', '#515963', '#2F353C', '#1B1F24'],
    dark: ['#E6E8EB', '#A9B1BA', '#8F98A2', '#6B747F', '#3A3F46', '#2A2E33', '#22262A', '#15171A', '#101214', '#0B0C0E'],
    red: ['#FCEFEF', '#F9DCDD', '#F2B5B8', '#F27C7F', '#DC545A', '#C4343C', '#B4232C', '#9A1B24', '#7F151D', '#5E0F15'],
  },
  components: {
    Button: Button.extend({
      defaultProps: { variant: 'default', size: 'sm' },
      vars: (_theme, { size, variant }) => {
        const [height, wide, font] = size === 'xs' ? buttonSizes.xs : buttonSizes.sm;
        // Transparent ones stand in rows beside links and line up with them.
        const padding = variant === 'transparent' ? '0' : wide;
        return { root: { '--button-height': height, '--button-padding-x': padding, '--button-fz': font } };
      },
    }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 28 } }),
    Input: Input.extend({ defaultProps: { size: 'sm' }, vars: () => ({ wrapper: inputVars }) }),
    InputWrapper: InputWrapper.extend({
      defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] },
    }),
    // By name, not by import: pages that use these load them, the first screen does not.
    NumberInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Checkbox: { defaultProps: smallControl },
    Radio: { defaultProps: smallControl },
    Switch: { defaultProps: smallControl },
    Table: { defaultProps: { verticalSpacing: 0, horizontalSpacing: 8, layout: 'fixed' } },
    NavLink: { defaultProps: { color: 'gray' } },
    SegmentedControl: { defaultProps: { size: 'xs', withItemsBorders: false } },
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, withArrow: false, multiline: true, maw: 360 } }),
    ModalRoot: { defaultProps: { size: 520, centered: true, radius: 8, padding: 0, transitionProps: { duration: 0 } } },
    ModalOverlay: { defaultProps: { backgroundOpacity: 0.4 } },
    Popover: Popover.extend({ defaultProps: { shadow: 'md', transitionProps: { duration: 0 } } }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md', transitionProps: { duration: 0 } } }),
    Progress: { defaultProps: { size: 4, radius: 2 } },
    Kbd: { defaultProps: { size: 'xs' } },
  },
});

/** Our tokens, and Mantine's own variables set to them, so that its parts need no colours of their own. */
export const resolveVariables: CSSVariablesResolver = () => {
  const mantine = {
    '--mantine-color-body': 'var(--sd-page)',
    '--mantine-color-text': 'var(--sd-t1)',
    '--mantine-color-bright': 'var(--sd-t1)',
    '--mantine-color-dimmed': 'var(--sd-t2)',
    '--mantine-color-placeholder': 'var(--sd-t3)',
    '--mantine-color-anchor': 'var(--sd-acc)',
    '--mantine-color-error': 'var(--sd-fail)',
    '--mantine-color-default': 'var(--sd-page)',
    '--mantine-color-default-hover': 'var(--sd-well)',
    '--mantine-color-default-color': 'var(--sd-t1)',
    '--mantine-color-default-border': 'var(--sd-line2)',
    '--mantine-color-disabled': 'var(--sd-hover)',
    '--mantine-color-disabled-color': 'var(--sd-t3)',
    '--mantine-color-disabled-border': 'var(--sd-line)',
    '--mantine-primary-color-filled': 'var(--sd-accf)',
    '--mantine-shadow-md': 'var(--sd-shadow)',
    '--mantine-shadow-xl': 'var(--sd-shadow)',
  };
  return { variables: {}, light: { ...variablesOf('light'), ...mantine }, dark: { ...variablesOf('dark'), ...mantine } };
};
