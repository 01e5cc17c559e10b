import { type BrowserWindow, dialog } from 'electron';
import { sentence } from '../../../shared/messages.ts';
import { type Language, say, type Text } from '../../../shared/text.ts';

/** What would stop is listed before it is stopped. True: quit all the same. */
export async function confirmQuit(window: BrowserWindow | undefined, language: Language, running: readonly Text[]): Promise<boolean> {
  const options = {
    type: 'warning' as const,
    message: sentence(language, say('desktopQuitQuestion')),
    detail: running.map((title) => `• ${sentence(language, title)}`).join('\n'),
    buttons: [sentence(language, say('desktopKeepWorking')), sentence(language, say('desktopQuitAnyway'))],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  };
  const { response } = await (window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options));
  return response === 1;
}
