/** ZooKeeper's four-letter words: a command sent to the client port as it is, answered with text and the end. */
import { connect } from 'node:net';

import type { Address } from '../wire/notification.ts';

const ANSWER_BYTES_MAX = 1024 * 1024;
const TIMEOUT_MS = 2000;

/** What the server answers. Rejects when it cannot be reached, or is silent for two seconds. */
export function askServer({ host, port }: Address, word: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let answer = '';
    socket.setEncoding('utf8');
    socket.setTimeout(TIMEOUT_MS, () => {
      socket.destroy(new Error(`${host}:${port} does not answer ${word}`));
    });
    socket.on('connect', () => socket.write(word));
    socket.on('data', (text: string) => {
      answer += text;
      if (answer.length > ANSWER_BYTES_MAX) socket.destroy(new Error(`${word}: the answer does not end`));
    });
    socket.on('end', () => {
      socket.end();
      resolve(answer);
    });
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(answer);
    });
  });
}
