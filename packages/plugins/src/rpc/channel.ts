/** Carries texts between a host and a plugin's thread or process, in order. */
export interface Channel {
  /** Sends a text; nothing once the channel has ended. */
  send(text: string): void
  /** How much was sent and has not left yet, in bytes. */
  readonly backlogBytes: number
}

/** Who hears what comes over a channel. */
export interface ChannelListener {
  /** A whole text has come. */
  text(text: string): void
  /** A text is larger than it may be; nothing more is heard. */
  tooLarge(): void
}
