import { describe, expect, it } from 'vitest';

import { findModel, readModel } from '../cli/models.ts';
import { loadModel } from '../tla/explore/model-check.ts';
import { phaseDiagram } from './phase-diagram.ts';
import { phaseGraph, phaseGraphOf, union } from './phase-graph.ts';

describe('the graph of roles and phases', () => {
  it('is read off the counters, the same in any order', () => {
    const counters = { 'B Y|Go|A X': 2, 'A X|Come|B Y': 1, 'A X|Stay|A X': 3 };
    const graph = phaseGraph(counters);
    expect(graph.places).toEqual(['A X', 'B Y']);
    expect(graph.steps.map(({ action, edges }) => `${action} ${edges}`)).toEqual([
      'Stay 3',
      'Come 1',
      'Go 2',
    ]);
    expect(phaseGraph(Object.fromEntries(Object.entries(counters).reverse()))).toEqual(graph);
  });

  it('of several models has what happens in any of them', () => {
    const [one, other] = [
      phaseGraph({ 'A X|Come|B Y': 1 }),
      phaseGraph({ 'A X|Come|B Y': 2, 'B Y|Go|A X': 5 }),
    ];
    expect(union([one, other])).toEqual(phaseGraph({ 'A X|Come|B Y': 3, 'B Y|Go|A X': 5 }));
  });

  it('of a model has the ways of the protocol and no others', async () => {
    const model = await loadModel(await readModel(findModel('quick')), () => undefined);
    const graph = await phaseGraphOf(model, 1);
    const ways = graph.steps.filter(({ from, to }) => from !== to && to !== 'LOOKING ELECTION');
    expect(ways.map(({ from, action, to }) => `${from}, ${action}: ${to}`)).toEqual([
      'FOLLOWING DISCOVERY, ReceiveLeaderInfo: FOLLOWING SYNCHRONIZATION',
      'FOLLOWING SYNCHRONIZATION, ReceiveUpToDate: FOLLOWING BROADCAST',
      'LEADING DISCOVERY, StoreCurrentEpoch: LEADING SYNCHRONIZATION',
      'LEADING SYNCHRONIZATION, ReceiveAck: LEADING BROADCAST',
      'LOOKING ELECTION, Elected: FOLLOWING DISCOVERY',
      'LOOKING ELECTION, Elected: LEADING DISCOVERY',
    ]);
    const svg = await phaseDiagram(graph, ['quick']);
    expect(await phaseDiagram(graph, ['quick'])).toBe(svg);
    for (const { action } of graph.steps) expect(svg).toContain(`>${action}</text>`);
  });
});
