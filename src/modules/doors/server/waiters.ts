// Controllers that wait for an answer, and the notices of the database that end their waiting. Each server process has its own; nothing is lost when it dies: the
// controller asks again.
import { hear } from '../../../kernel/hear.ts'

export class Waiters {
  private readonly waiting = new Map<string, Set<() => void>>()
  private ear: { stop(): Promise<void> } | null = null
  private stopped = false
  private readonly url: string
  constructor(url: string) {
    this.url = url
  }
  async start(): Promise<void> {
    this.ear = await hear(this.url, { name: 'heyuan-doors', channel: 'heyuan_door', onNotice: (payload) => this.call(payload) })
    if (this.stopped) await this.ear.stop()
  }
  private call(key: string): void {
    for (const done of this.waiting.get(key) ?? []) done()
  }
  /** To be asked before looking, so that a notice between looking and waiting is heard. */
  expect(key: string): { called: (ms: number) => Promise<boolean>; end: () => void } {
    let heard = false
    let tell: (() => void) | undefined
    const done = (): void => { heard = true; tell?.() }
    const set = this.waiting.get(key) ?? new Set()
    set.add(done)
    this.waiting.set(key, set)
    const end = (): void => { set.delete(done); if (set.size === 0) this.waiting.delete(key) }
    const called = (ms: number): Promise<boolean> => new Promise((resolve) => {
      if (heard || this.stopped) return resolve(heard)
      const timer = setTimeout(() => resolve(false), ms)
      tell = () => { clearTimeout(timer); resolve(heard) }
    })
    return { called, end }
  }
  async stop(): Promise<void> {
    this.stopped = true
    for (const set of this.waiting.values()) for (const done of set) done()
    await this.ear?.stop()
  }
}
