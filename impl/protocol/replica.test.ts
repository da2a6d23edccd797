import { expect, it } from 'vitest';

import { serverId } from './ensemble.ts';
import { Replica } from './replica.ts';

it('packs transactions once they are committed', () => {
  const replica = new Replica({ id: serverId(1), ensemble: [serverId(1), serverId(2)] });
  const transactions = Array.from({ length: 600 }, (_, at) => ({
    zxid: { epoch: 1, counter: at + 1 },
    payload: Uint8Array.of(at % 256),
  }));
  const [first] = transactions;
  replica.append(transactions, []);
  expect(replica.history.between(0, 1).at(0)).toBe(first);
  replica.commitUpTo(600, []);
  expect(replica.history.between(0, 1).at(0)).not.toBe(first);
  expect(replica.history.between(0, 1).at(0)).toEqual(first);
});
