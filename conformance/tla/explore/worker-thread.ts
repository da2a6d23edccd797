/** The other end of `startWorkers`: a thread that loads the specification by itself and expands blocks. */
import { parentPort, workerData } from 'node:worker_threads';

import { loadSpecification } from '../specification.ts';
import { loadCompanion } from './companion.ts';
import { Expander } from './expander.ts';
import { StateCodec } from './state-codec.ts';
import { StateTableView } from './state-table.ts';
import type { FromWorker, ToWorker, WorkerOrders } from './worker-pool.ts';

const port = parentPort;
if (port === null) throw new Error('this module runs in a worker thread');

// The only sender is `startWorkers`, which is typed.
const orders = workerData as WorkerOrders;
let printed: string[] = [];
const specification = await loadSpecification(orders.tla, orders.configuration, {
  libraries: orders.libraries,
  coverage: orders.coverage ?? false,
  print: (text) => printed.push(text),
});
// What it prints while it is loaded, the first thread has printed already.
printed = [];

const expander = new Expander({
  specification,
  codec: new StateCodec(specification),
  table: new StateTableView(orders.table),
  takePrinted: () => {
    const lines = printed;
    printed = [];
    return lines;
  },
  ...(orders.companion === undefined
    ? {}
    : { companion: await loadCompanion(orders.companion, specification) }),
});

function reply(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'close':
      port.close();
      return;
    case 'expand': {
      if (message.table !== undefined) expander.useTable(new StateTableView(message.table));
      const result = expander.expand(message.block);
      reply({ kind: 'expanded', ticket: message.ticket, result }, [
        result.records.buffer,
        result.bytes.buffer,
      ]);
      return;
    }
  }
});
reply({ kind: 'ready' });
