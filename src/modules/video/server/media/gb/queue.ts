// Calls begin a few at a time: a wall of sixteen, or two hundred snapshots, wait their turn here and not in the device (H14). Nobody waits without end.
import { CameraFault } from '../rtsp.ts'
import type { GbLimits } from './limits.ts'

interface Waiting {
  device: string
  go: () => void
}
export class StartQueue {
  private running = 0
  private readonly by_device = new Map<string, number>()
  private list: Waiting[] = []
  private readonly limits: GbLimits
  constructor(limits: GbLimits) {
    this.limits = limits
  }
  get waiting_count(): number {
    return this.list.length
  }
  /** Gives what is to be called when the start is over, once. */
  async take(device: string): Promise<() => void> {
    if (this.list.length >= this.limits.queue_max) throw new CameraFault('queue')
    await new Promise<void>((done, fail) => {
      const mine: Waiting = { device, go: () => { clearTimeout(late); done() } }
      const late = setTimeout(() => {
        this.list = this.list.filter((w) => w !== mine)
        fail(new CameraFault('queue'))
      }, this.limits.queue_ms)
      this.list.push(mine)
      this.next()
    })
    let over = false
    return () => {
      if (over) return
      over = true
      this.running--
      const n = (this.by_device.get(device) ?? 1) - 1
      if (n > 0) this.by_device.set(device, n)
      else this.by_device.delete(device)
      this.next()
    }
  }
  private next(): void {
    for (const w of [...this.list]) {
      if (this.running >= this.limits.starts_max) return
      // One slow recorder does not hold the others up.
      if ((this.by_device.get(w.device) ?? 0) >= this.limits.starts_device_max) continue
      this.list = this.list.filter((x) => x !== w)
      this.running++
      this.by_device.set(w.device, (this.by_device.get(w.device) ?? 0) + 1)
      w.go()
    }
  }
}
