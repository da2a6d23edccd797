/** A follower of a direct broadcast. It is sent how it begins, and says when it is up. */
import { DirectServer, type DirectServerOptions } from './direct-server.ts';

process.once('message', (message) => {
  // Our own process sends nothing else.
  void DirectServer.start(message as DirectServerOptions, {
    delivered: () => undefined,
    settled: () => undefined,
    // Whoever started it sees that it is gone.
    failed: () => process.exit(1),
  }).then(() => process.send?.('up'));
});
process.once('disconnect', () => process.exit());
