import type { firstEn } from './first.ts';
import type { SameWords } from './words.ts';
import { componentsZh } from './zh-CN/components.ts';
import { frameZh } from './zh-CN/frame.ts';
import { overviewZh } from './zh-CN/overview.ts';

export const firstZh: SameWords<typeof firstEn> = { frame: frameZh, components: componentsZh, overview: overviewZh };
