// A process of the product and whoever started it: told when it is ready, ended by its signals, and not left behind when the other is gone.

const STOP_LIMIT_MS = 20_000

/** Call when the process works. `stop` puts everything down in order; it is given twenty seconds. */
export function underParent(ready: Record<string, unknown>, stop: () => Promise<unknown>): void {
  let stopping = false
  const end = (): void => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref()
    stop().then(() => process.exit(0), () => process.exit(1))
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  process.on('disconnect', end)
  if (!process.send) return
  // The parent may have gone while this one started: `disconnect` was told before anybody listened, and telling it would throw.
  if (!process.connected) return end()
  process.send(ready, undefined, undefined, () => {})
}
