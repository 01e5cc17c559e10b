import { expect, it } from 'vitest';
import { type Contract, procedures } from './contract.ts';
import { takesCluster } from './takesCluster.ts';

it('knows of every call whether it takes a cluster, also of those that a window has not loaded', () => {
  const names = (Object.keys(procedures) as (keyof Contract)[]).filter((name) => !name.startsWith('clusters.'));
  const wrong = names.filter((name) => {
    const { input } = procedures[name];
    return takesCluster(name) !== ('shape' in input && 'cluster' in input.shape);
  });
  expect(wrong).toEqual([]);
});
