// A child of the supervisor must not outlive it: when the supervisor is killed outright, the channel to it breaks.

const STOP_LIMIT_MS = 5_000

/**
 * Call early in a child process. When the parent is gone, `stop` is given five seconds, then the process ends. Without a parent
 * channel (the process runs alone in production) nothing happens.
 */
export function exitWithParent(stop?: () => Promise<unknown>): void {
  if (!process.channel) return
  process.on('disconnect', () => {
    const timer = setTimeout(() => process.exit(1), STOP_LIMIT_MS)
    timer.unref()
    Promise.resolve(stop?.()).then(
      () => process.exit(0),
      () => process.exit(1),
    )
  })
  // The channel alone must not keep a process alive that has finished its work.
  process.channel.unref()
}
