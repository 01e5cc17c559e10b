import { z } from 'zod';
import { sizeWords } from './bytes.ts';
import type { TextCode, TextValues } from './messages.ts';
import { type Params, params } from './rpc/frames.ts';

export type Language = 'en' | 'zh-CN';

/** What a person reads when something fails: what happened, why it can happen, and what to do first. */
export interface ErrorText {
  readonly title: string;
  readonly explanation: string;
  readonly next: string;
}

export interface DomainMessages {
  readonly errors: Readonly<Record<string, ErrorText>>;
  readonly texts: Readonly<Record<string, string>>;
}

/** The other languages must have exactly the codes of English: a missing or foreign one does not compile. */
export interface SameCodes<M extends DomainMessages> {
  readonly errors: { readonly [K in keyof M['errors']]: ErrorText };
  readonly texts: { readonly [K in keyof M['texts']]: string };
}

/** A sentence by code and parameters, so that window, command line and stored reports speak the reader's language. */
export const text = z.object({
  code: z.string() as unknown as z.ZodType<TextCode>,
  params: params.optional(),
});
export type Text = z.infer<typeof text>;

/** A text whose places are all filled: one without its parameter does not compile. */
export function say<C extends TextCode>(
  code: C,
  ...values: keyof TextValues<C> extends never ? [values?: Params] : [values: TextValues<C> & Params]
): Text {
  const [given] = values;
  return given === undefined ? { code } : { code, params: given };
}

/**
 * `{name}` places are filled from the parameters; an unknown place stays visible, so that a test sees it. `{count:object|objects}`
 * is the first word where that parameter reads 1, else the second. `{count}` has separators of thousands; `{bytes:size}` reads
 * "402 KiB".
 */
export function fill(template: string, values: Readonly<Record<string, string | number>> = {}): string {
  return template.replace(
    /\{(\w+)(?::(?:(size)|([^|{}]*)\|([^{}]*)))?\}/g,
    (place, key: string, size?: string, one?: string, many?: string) => {
      if (!Object.hasOwn(values, key)) return place;
      const value = String(values[key]);
      if (size !== undefined) return Number.isFinite(Number(value)) ? sizeWords(Number(value)) : value;
      if (one !== undefined) return (value === '1' ? one : many) ?? '';
      return key === 'count' ? value.replace(/\B(?=(?:\d{3})+$)/g, ',') : value;
    },
  );
}
