import { componentsEn } from './en/components.ts';
import { frameEn } from './en/frame.ts';
import { overviewEn } from './en/overview.ts';

/** The words of the frame and of Overview: all that the first screen shows. The other pages' words are loaded beside it. */
export const firstEn = { frame: frameEn, components: componentsEn, overview: overviewEn } as const;
