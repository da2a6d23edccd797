/** The parts of the hot path, in the order in which a transaction meets them. */
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

/** Those whose names have the text in them. */
export function partsNamed(text: string | undefined): readonly Part[] {
  return text === undefined ? PARTS : PARTS.filter(({ name }) => name.includes(text));
}
