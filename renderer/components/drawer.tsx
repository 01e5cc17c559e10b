import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import type { CommandLine, Evidence } from '../../shared/setup.ts';
import { useSentence, useWords } from '../locales/language.ts';
import { CommandBlock, commandText } from './CommandBlock.tsx';
import { CopyAction } from './CopyValue.tsx';
import styles from './drawer.module.css';
import { EvidenceLine, EvidenceList } from './EvidenceLine.tsx';
import type { EvidenceText } from './hops.ts';

interface Drawer {
  readonly open: boolean;
  setOpen(open: boolean): void;
  toggle(): void;
}

interface DrawerInside extends Drawer {
  readonly slot: HTMLElement | null;
  /** A page that fills the drawer counts itself in. */
  register(filler: Filler): () => void;
}

interface Filler {
  /** Opens it while that page is shown; `always`: in a narrow window, too. */
  readonly auto: AutoOpen;
  /** Gives it the tray's width. */
  readonly wide: boolean;
  /** The content has a button of its own for this. */
  readonly leave: (() => void) | undefined;
}
type AutoOpen = boolean | 'always';

const DrawerContext = createContext<DrawerInside | undefined>(undefined);

function useInside(): DrawerInside {
  const drawer = useContext(DrawerContext);
  if (!drawer) throw new Error('DrawerProvider is missing');
  return drawer;
}

/** Whether the right-hand drawer is open, and how to open it. */
export function useDrawer(): Drawer {
  return useInside();
}

interface ProviderProps {
  /** As the settings say. */
  open: boolean;
  onOpenChange(open: boolean): void;
  /** In a narrow window the drawer lies over the page, and opens by itself only for what somebody asked for. */
  overlay: boolean;
  children(drawer: {
    open: boolean;
    setSlot(slot: HTMLElement | null): void;
    filled: boolean;
    wide: boolean;
    /** What fills it has a button for closing it. */
    closes: boolean;
    toggle(): void;
    close(): void;
  }): ReactNode;
}

/** Holds what is open; the frame gives it the place to put content into. */
export function DrawerProvider({ open: kept, onOpenChange, overlay, children }: ProviderProps) {
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const [fillers, setFillers] = useState(0);
  const [wide, setWide] = useState(false);
  const leave = useRef<() => void>(undefined);
  const [closes, setCloses] = useState(false);
  const [override, setOverride] = useState<boolean | undefined>(undefined);
  const [floating, setFloating] = useState(false);
  const open = overlay ? floating : (override ?? kept);
  const register = useCallback((filler: Filler) => {
    setFillers((count) => count + 1);
    if (filler.auto) setOverride(true);
    if (filler.auto === 'always') setFloating(true);
    if (filler.wide) setWide(true);
    leave.current = filler.leave;
    setCloses(filler.leave !== undefined);
    return () => {
      setFillers((count) => count - 1);
      if (filler.auto) setOverride(undefined);
      if (filler.auto === 'always') setFloating(false);
      if (filler.wide) setWide(false);
      leave.current = undefined;
      setCloses(false);
    };
  }, []);
  const value = useMemo<DrawerInside>(() => {
    const setOpen = (next: boolean): void => {
      if (overlay) setFloating(next);
      else if (override !== undefined) setOverride(next);
      else onOpenChange(next);
    };
    return {
      open,
      slot,
      setOpen,
      toggle: () => setOpen(!open),
      register,
    };
  }, [open, slot, overlay, override, onOpenChange, register]);
  return (
    <DrawerContext.Provider value={value}>
      {children({
        open,
        setSlot,
        filled: fillers > 0,
        wide,
        closes,
        toggle: value.toggle,
        close: () => {
          value.setOpen(false);
          leave.current?.();
        },
      })}
    </DrawerContext.Provider>
  );
}

interface DrawerContentProps {
  /** Equivalent commands: what was just done or is about to be done. */
  commands?: readonly CommandLine[] | undefined;
  /** Stands below the commands in the same pane: files that a plan would write. */
  below?: ReactNode;
  /** What the other side answered. */
  evidence?: readonly Evidence[] | undefined;
  /** The same for answers that are sentences already. */
  lines?: readonly EvidenceText[] | undefined;
  /** Whose answers these are: "vault-1". */
  evidenceOf?: string;
  /** Guided steps, tray and card open the drawer by themselves; `always`: what somebody just asked for, over the page of a narrow window, too. */
  autoOpen?: AutoOpen;
  /** The content has its own button for closing. Where the drawer lies over the page, Escape and a click beside it do the same. */
  onLeave?: (() => void) | undefined;
  /** As wide as the drop tray. */
  wide?: boolean;
  /** A plan or a card may take the place of commands and evidence. */
  children?: ReactNode;
  foot?: ReactNode;
}

/** What a page shows in the right-hand drawer; render it anywhere inside the page. */
export function DrawerContent(props: DrawerContentProps) {
  const { register } = useInside();
  const auto = props.autoOpen ?? false;
  const wide = props.wide ?? false;
  const closes = props.onLeave !== undefined;
  const newest = useRef(props.onLeave);
  newest.current = props.onLeave;
  useEffect(() => register({ auto, wide, leave: closes ? () => newest.current?.() : undefined }), [register, auto, wide, closes]);
  return <Filling {...props} />;
}

/** What the drawer says while no page fills it. */
export function DrawerFallback() {
  return <Filling commands={[]} evidence={[]} />;
}

function Filling({ commands, below, evidence, lines, evidenceOf, children, foot }: DrawerContentProps) {
  const { slot } = useInside();
  if (!slot) return null;
  return createPortal(
    <>
      <div className={styles.body}>
        {children}
        {commands === undefined ? null : <Commands commands={commands} below={below} />}
        {evidence === undefined && lines === undefined ? null : <Answers evidence={evidence ?? []} lines={lines ?? []} of={evidenceOf} />}
      </div>
      {foot === undefined ? null : <div className={styles.foot}>{foot}</div>}
    </>,
    slot,
  );
}

function Commands({ commands, below }: { commands: readonly CommandLine[]; below: ReactNode }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  return (
    <section className={styles.commands} aria-label={t('components.commands')}>
      <h2 className={styles.head}>
        {t('components.commands')}
        {commands.length === 0 ? null : (
          <CopyAction value={commandText(commands, sentence)} label={t('components.copyCommands')} size={28} />
        )}
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className={styles.pane} tabIndex={0}>
        {commands.length === 0 ? <p className={styles.nothing}>{t('components.noCommands')}</p> : <CommandBlock commands={commands} />}
        {below}
      </div>
    </section>
  );
}

interface AnswersProps {
  evidence: readonly Evidence[];
  lines: readonly EvidenceText[];
  of: string | undefined;
}

function Answers({ evidence, lines, of }: AnswersProps) {
  const { t } = useWords();
  return (
    <section className={styles.evidence} aria-label={t('components.evidence')}>
      <h2 className={styles.head}>
        {t('components.evidence')}
        {of === undefined ? null : <span className={styles.of}>{of}</span>}
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className={styles.pane} tabIndex={0}>
        {evidence.length + lines.length === 0 ? <p className={styles.nothing}>{t('components.noEvidence')}</p> : null}
        {lines.map((line) => (
          <EvidenceLine key={line.text} mark={line.mark} at={line.at}>
            {line.text}
          </EvidenceLine>
        ))}
        <EvidenceList evidence={evidence} />
      </div>
    </section>
  );
}
