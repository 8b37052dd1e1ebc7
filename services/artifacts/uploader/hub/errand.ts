/** What requests are made for. */
export interface Errand {
  readonly signal: AbortSignal
  /** Bytes of a Blob that were handed to the network; negative when they have to be sent again. */
  onBytes?(count: number): void
  /** The absolute path of the file that is sent. */
  readonly path?: string
  /** Not tried again by itself: whether it was done has to be found out first. */
  readonly once?: boolean
}
