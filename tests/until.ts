/** Looks again twenty times a second, a minute at most, until there is something; gives it. */
export async function until<T>(ready: () => Promise<T | undefined | false>): Promise<T> {
  for (let n = 0; n < 1200; n++) {
    const v = await ready()
    if (v) return v
    await new Promise((r) => setTimeout(r, 50))
  }
  throw new Error('not reached')
}
