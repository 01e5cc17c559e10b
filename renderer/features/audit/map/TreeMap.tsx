import { useComputedColorScheme } from '@mantine/core';
import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { MapNode } from '../../../../shared/audit.ts';
import { formatBytes, formatNumber } from '../../../components/format.ts';
import { useWords } from '../../../locales/language.ts';
import { type Colours, coloursOf } from './colours.ts';
import { HoverFacts } from './HoverFacts.tsx';
import { type Cell, hitAt, type Layout, layOut, neighbour, type Weights } from './layout.ts';
import styles from './map.module.css';
import { paint, paintCell, painting, paintOverlay } from './paint.ts';
import { type By, placeKey, type Shown, sum, valuesOf } from './values.ts';

interface TreeMapProps {
  node: MapNode;
  by: By;
  hidden: ReadonlySet<Shown>;
  /** It still fills: sizes are held, and new cells fade in. */
  filling: boolean;
  selected: string | undefined;
  onSelect(node: MapNode | undefined): void;
  onDive(node: MapNode): void;
  onClimb(): void;
}

const fadeMs = 200;
/** More cells than this are drawn in slices, a few milliseconds in each frame. */
const cellsAtOnce = 2_500;
const sliceMs = 12;
const arrows = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' } as const;

/** The map of a place on canvas. Click or Enter dives, Backspace climbs, arrows move; hovering draws on a canvas of its own. */
export function TreeMap({ node, by, hidden, filling, selected, onSelect, onDive, onClimb }: TreeMapProps) {
  const { t, language } = useWords();
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const box = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const size = useSize(box);
  const [hovered, setHovered] = useState<{ cell: Cell; x: number; y: number } | undefined>();
  const weights = useRef<{ of: string; kept: Weights }>({ of: '', kept: new Map() });
  const colours = useRef<Colours | undefined>(undefined);

  const layout = useMemo<Layout | undefined>(() => {
    if (size.width < 20 || size.height < 20) return undefined;
    // Another place, measure or choice of states is another picture; a picture that no longer fills shows true sizes.
    const of = `${placeKey(node)} ${by} ${[...hidden].join()}`;
    if (weights.current.of !== of) weights.current = { of, kept: new Map() };
    return layOut(node, size, { by, hidden, ...(filling ? { kept: weights.current.kept } : {}) });
  }, [node, by, hidden, filling, size]);

  const nameOf = useCallback(
    ({ node }: Cell) => {
      if (node.name === '') return t('audit.map.direct');
      if (node.name !== '…') return shownName(node);
      // What is left of a bucket while it is read is nothing joined: nobody knows yet what it is.
      return sum(node.objects) === 0 ? t('components.state.notRead') : t('audit.map.others');
    },
    [t],
  );
  const amount = useCallback(
    (value: number) => (by === 'bytes' ? formatBytes(value, language) : formatNumber(Math.round(value), language)),
    [by, language],
  );

  const drawn = useRef<{ of: string; keys: ReadonlySet<string> }>({ of: '', keys: new Set() });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes what the style sheet answers
  useLayoutEffect(() => {
    const canvas = base.current;
    const element = box.current;
    if (!canvas || !element || !layout) return;
    const density = window.devicePixelRatio || 1;
    colours.current = coloursOf(element, density);
    const context = prepared(canvas, layout, density);
    if (!context) return;
    const brush = { context, colours: colours.current, amount, nameOf };
    const of = placeKey(node);
    const filled = layout.groups.flatMap(({ cells }) => cells.filter(({ values }) => sum(values.slice(0, -1)) > 0));
    const before = drawn.current;
    drawn.current = { of, keys: new Set(filled.map(({ key }) => key)) };
    const still = !filling || before.of !== of || matchMedia('(prefers-reduced-motion: reduce)').matches;
    const fresh = still ? [] : filled.filter(({ key }) => !before.keys.has(key));
    let frame = 0;
    if (layout.cellCount > cellsAtOnce) {
      const groups = painting(brush, layout);
      const slice = (): void => {
        const until = performance.now() + sliceMs;
        while (performance.now() < until) if (groups.next().done) return;
        frame = requestAnimationFrame(slice);
      };
      // In the same frame, but not in the task that laid it out.
      frame = requestAnimationFrame(slice);
      return () => cancelAnimationFrame(frame);
    }
    paint(brush, layout, new Set(fresh.map(({ key }) => key)));
    if (fresh.length === 0) return;
    const began = performance.now();
    const step = (now: number): void => {
      const part = Math.min(1, (now - began) / fadeMs);
      for (const cell of fresh) {
        context.fillStyle = brush.colours.page;
        context.fillRect(cell.x, cell.y, cell.width, cell.height);
        context.save();
        context.globalAlpha = part;
        paintCell(brush, cell);
        context.restore();
      }
      if (part < 1) frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [layout, amount, nameOf, scheme, node, filling]);

  const cells = useMemo(() => layout?.groups.flatMap((group) => [...(group.strip ? [group as Cell] : []), ...group.cells]) ?? [], [layout]);
  const at = selected === undefined ? undefined : cells.find(({ key }) => key === selected);
  useLayoutEffect(() => {
    const canvas = over.current;
    if (!canvas || !layout || !colours.current) return;
    const context = prepared(canvas, layout, window.devicePixelRatio || 1);
    if (context) paintOverlay(context, colours.current, { hovered: hovered?.cell, selected: at });
  }, [layout, hovered?.cell, at]);

  const onMove = (event: PointerEvent): void => {
    if (!layout || !box.current) return;
    const { left, top } = box.current.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const cell = hitAt(layout, x, y);
    setHovered((old) => (cell ? (old?.cell.key === cell.key && old.cell === cell ? old : { cell, x, y }) : undefined));
  };
  const open = (cell: Cell): void => {
    // What is expected and in no prefix yet is no place.
    if (cell.node.prefix.includes('\0')) onSelect(undefined);
    else if (cell.node.deeper && !joined(cell)) onDive(cell.node);
    else onSelect(cell.node);
  };
  const onClick = (event: { clientX: number; clientY: number }): void => {
    if (!layout || !box.current) return;
    const { left, top } = box.current.getBoundingClientRect();
    const cell = hitAt(layout, event.clientX - left, event.clientY - top);
    setHovered(undefined);
    if (cell) open(cell);
    else onSelect(undefined);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!layout || event.altKey || event.ctrlKey || event.metaKey) return;
    const way = arrows[event.key as keyof typeof arrows];
    if (way !== undefined) {
      const next = at ? neighbour(layout, at, way) : layout.groups[0]?.cells[0];
      if (next) onSelect(next.node);
    } else if (event.key === 'Enter' && at) open(at);
    else if (event.key === 'Backspace') onClimb();
    else if (event.key === 'Escape') onSelect(undefined);
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={box}
      className={styles.map}
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows, Enter and Backspace work in it
      tabIndex={0}
      aria-label={t('audit.map.label')}
      aria-description={t('audit.map.keys')}
      aria-roledescription={t('audit.map.role')}
      onPointerMove={onMove}
      onPointerLeave={() => setHovered(undefined)}
      onClick={onClick}
      onKeyDown={onKeyDown}
      data-cells={layout?.cellCount ?? 0}
      data-pointing={hovered?.cell.node.deeper || undefined}
    >
      <canvas ref={base} aria-hidden />
      <canvas ref={over} aria-hidden />
      {hovered && layout ? (
        <HoverFacts cell={hovered.cell} name={nameOf(hovered.cell)} total={sum(valuesOf(node, by))} at={hovered} within={layout} by={by} />
      ) : null}
    </div>
  );
}

const joined = (cell: Cell): boolean => cell.node.name === '' || cell.node.name === '…';

/** The last part of a place: engines name cells by it or by the whole prefix. */
function shownName({ name, prefix }: MapNode): string {
  return name === prefix && prefix !== '' ? (/[^/]*\/?$/.exec(prefix)?.[0] ?? name) : name;
}

/** Clears a canvas of the layout's size at the screen's density; drawing is in CSS pixels. */
function prepared(canvas: HTMLCanvasElement, { width, height }: Layout, density: number): CanvasRenderingContext2D | undefined {
  const [wide, high] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d') ?? undefined;
  context?.setTransform(density, 0, 0, density, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}

function useSize(box: { current: HTMLElement | null }): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      setSize({ width: Math.floor(width), height: Math.floor(height) });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return size;
}
