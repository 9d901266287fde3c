// What a file has opened and must close when it is over. An `afterAll` that is called inside a `beforeAll` comes too late to be heard, so setup.ts
// registers one for each file, and helpers leave here what it has to do.
const BOUND_MS = 20_000
const left: (() => unknown)[] = []

export function atEnd(close: () => unknown): void {
  left.push(close)
}
/** Last opened, first closed. What cannot be closed must not turn a green file red, nor hold up the next one. */
export async function closeAll(): Promise<void> {
  for (const close of left.splice(0).toReversed()) {
    let timer: NodeJS.Timeout | undefined
    const bound = new Promise<void>((done) => {
      timer = setTimeout(done, BOUND_MS)
    })
    await Promise.race([Promise.resolve().then(close).catch((e: unknown) => console.error(`not closed: ${String(e)}`)), bound])
    clearTimeout(timer)
  }
}
