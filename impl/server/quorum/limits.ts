/** What bounds a connection between servers, from the configuration; the same at both ends. */
export interface QuorumLimits {
  /** Milliseconds; the unit of the other times. */
  readonly tickTimeMs: number;
  /** Ticks that a learner may take to connect and to be brought up to date. */
  readonly initLimit: number;
  /** Ticks that a server may be silent for, and that a proposal may go unacknowledged. */
  readonly syncLimit: number;
  /** The longest data of a packet, in bytes: jute.maxbuffer and its extra size. */
  readonly dataBytesMax: number;
  /** Bytes that may wait for a server that takes them too slowly; `WAITING_BYTES_MAX` if absent. */
  readonly waitingBytesMax?: number;
}
