import { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';

export interface XmlNode {
  name: string;
  text: string;
  children: XmlNode[];
}

const token = /<(\/?)([A-Za-z]\w{0,63})((?:\s+[\w:]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
/** Ten thousand parts with all their fields are a fifth of it. */
const mostElements = 250_000;
const entities = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/**
 * A server's short answer: elements, texts and the five entities; no comments, no CDATA, no declarations of its own. Listings of
 * objects, whose names may be hostile, have their own reader. Throws `answerNotUnderstood`.
 */
export function readXml(xml: string, host: string): XmlNode {
  const refuse = (reason: string): never => {
    throw new AppError('answerNotUnderstood', { host, reason });
  };
  const top: XmlNode = { name: '', text: '', children: [] };
  const open: XmlNode[] = [top];
  let elements = 0;
  token.lastIndex = /^\ufeff?\s*(?:<\?xml[^<>]{0,200}\?>)?\s*/.exec(xml)?.[0].length ?? 0;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const [, closing, name = '', , empty, text] = token.exec(xml) ?? refuse(`its XML is not understood at character ${at}`);
    const current = open.at(-1) ?? top;
    if (text !== undefined) current.text += decode(text) ?? refuse('an entity in its XML is not known');
    else if (closing) {
      if (current.name !== name || open.length === 1) refuse(`its XML closes ${name}, which is not open`);
      open.pop();
    } else {
      if (++elements > mostElements) refuse('its XML has too many elements');
      const node: XmlNode = { name, text: '', children: [] };
      current.children.push(node);
      if (!empty && open.push(node) > 12) refuse('its XML is too deep');
    }
  }
  const [root] = top.children;
  if (open.length !== 1 || top.children.length !== 1 || root === undefined || top.text.trim() !== '')
    return refuse('its XML is cut, or has no single root');
  return root;
}

/** The leaves below a node by name, read with a schema; a name that comes twice counts by its first. Throws `answerNotUnderstood`. */
export function readLeaves<S extends z.ZodType>(node: XmlNode, schema: S, host: string): z.output<S> {
  const leaves: Record<string, string> = {};
  for (const { name, text, children } of node.children) if (children.length === 0) leaves[name] ??= text;
  const parsed = schema.safeParse(leaves);
  if (!parsed.success)
    throw new AppError('answerNotUnderstood', { host, reason: `${node.name}: ${z.prettifyError(parsed.error).slice(0, 200)}` });
  return parsed.data;
}

export function childrenOf(node: XmlNode, name: string): XmlNode[] {
  return node.children.filter((child) => child.name === name);
}

/** For texts between tags. Characters that XML cannot hold at all are the caller's to refuse. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function decode(text: string): string | undefined {
  let known = true;
  const plain = text.replace(/&(?:(\w{1,8})|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));|&/g, (_, name?: string, decimal?: string, hex?: string) => {
    const point = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : undefined;
    const sign = point === undefined ? entities.get(name ?? '') : point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
    known &&= sign !== undefined;
    return sign ?? '';
  });
  return known ? plain : undefined;
}
