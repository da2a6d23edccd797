/** The parts of the hot path, in the order in which a transaction meets them. */
import { UsageError } from '../../conformance/cli/failure.ts';
import { replyEncodingPart, requestDecodingPart, requestEncodingPart } from './client-frames.ts';
import { appendingParts, framingPart } from './log.ts';
import { acknowledgementPart, zxidPart } from './order.ts';
import {
  proposalDecodingPart,
  proposalEncodingPart,
  transactionDecodingPart,
  transactionEncodingPart,
} from './packets.ts';
import type { Part } from './part.ts';
import { lockstepPart, peerParts } from './peers.ts';
import { servicePart } from './service.ts';

export const PARTS: readonly Part[] = [
  requestEncodingPart,
  requestDecodingPart,
  servicePart,
  zxidPart,
  transactionEncodingPart,
  ...peerParts,
  proposalEncodingPart,
  proposalDecodingPart,
  framingPart,
  ...appendingParts,
  acknowledgementPart,
  transactionDecodingPart,
  replyEncodingPart,
  lockstepPart,
];

/**
 * Those whose names have in them what `--part` says; all without it.
 * @throws UsageError when there is none
 */
export function partsNamed(text: string | undefined): readonly Part[] {
  const named = PARTS.filter(({ name }) => name.includes(text ?? ''));
  if (named.length === 0)
    throw new UsageError(`--part ${JSON.stringify(text)}: no part has that in its name`);
  return named;
}
