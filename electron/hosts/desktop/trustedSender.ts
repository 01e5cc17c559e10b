import { scheme, schemeHost } from './channels.ts';

interface Frame {
  readonly url: string;
  readonly frameTreeNodeId: number;
  readonly parent: unknown;
}

/** Is it our own page, at any of its routes? Node knows no origin for schemes of our own, so the parts are compared. */
export function isOwnPage(url: string): boolean {
  try {
    const { protocol, host, username, password } = new URL(url);
    return protocol === `${scheme}:` && host === schemeHost && username === '' && password === '';
  } catch {
    return false;
  }
}

/** May this frame speak to the engine? Only the top frame of our window, and only while it shows our page. `null`: a frame that is gone. */
export function isTrustedSender(sender: Frame | null | undefined, mainFrame: Frame | null | undefined): boolean {
  if (!sender || !mainFrame) return false;
  return sender.parent === null && sender.frameTreeNodeId === mainFrame.frameTreeNodeId && isOwnPage(sender.url);
}
