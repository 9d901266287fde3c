import { describe, expect, test } from 'vitest'
import { batcher } from './batch.ts'

const tick = () => new Promise<void>((r) => setImmediate(r))

describe('group commit', () => {
  test('what comes together goes together, in order, at most so many at once', async () => {
    const sizes: number[] = []
    const put = batcher(async (_k: string, items: readonly number[]) => {
      sizes.push(items.length)
      await tick()
      return items.map((n) => n * 2)
    }, { max: 4, at_once: 1, waiting_max: 100, patience_ms: 1000 })
    expect(await Promise.all(Array.from({ length: 10 }, (_, i) => put('a', i)))).toEqual(Array.from({ length: 10 }, (_, i) => i * 2))
    expect(sizes).toEqual([4, 4, 2])
    expect(await put('a', 21)).toBe(42)
  })
  test('one bad item fails alone', async () => {
    const put = batcher(async (_k: string, items: readonly number[]) => {
      if (items.includes(3)) throw new Error('three')
      return items
    }, { max: 10, at_once: 1, waiting_max: 100, patience_ms: 1000 })
    const all = await Promise.allSettled([1, 2, 3, 4].map((n) => put('a', n)))
    expect(all.map((r) => r.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
  })
  test('who waits long for a batch that hangs goes beside it', async () => {
    const sizes: number[] = []
    let free = () => {}
    const hangs = new Promise<void>((r) => (free = r))
    const put = batcher(async (_k: string, items: readonly number[]) => {
      sizes.push(items.length)
      if (items.includes(1)) await hangs
      return items
    }, { max: 10, at_once: 2, waiting_max: 100, patience_ms: 5 })
    const first = put('a', 1)
    await tick()
    await tick()
    expect(await Promise.all([put('a', 2), put('a', 3)])).toEqual([2, 3])
    free()
    expect(await first).toBe(1)
    expect(sizes).toEqual([1, 2])
  })
  test('a queue that is full refuses instead of growing', async () => {
    const put = batcher(async (_k: string, items: readonly number[]) => items, { max: 1, at_once: 1, waiting_max: 2, patience_ms: 1000 })
    const all = await Promise.allSettled([1, 2, 3].map((n) => put('a', n)))
    expect(all.map((r) => r.status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  })
})
