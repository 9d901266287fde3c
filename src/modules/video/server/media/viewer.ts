// One browser looking at one camera over a WebSocket: what it cannot take in time is left out up to the next key picture, and nobody else notices.
import type { WebSocket } from 'ws'
import { steadyMs } from '../../../../kernel/clock.ts'
import type { Looker, Shown } from './live.ts'
import type { Fault } from './rtsp.ts'

const FULL = 2 * 1024 * 1024
const EMPTY = 256 * 1024
const STUCK_MS = 20_000
export class Viewer implements Looker {
  size_bytes = 0
  skipped_count = 0
  fault: string | null = null
  private waiting_key = true
  private full_since = 0
  private readonly ws: Pick<WebSocket, 'send' | 'close' | 'bufferedAmount' | 'readyState'>
  constructor(ws: Pick<WebSocket, 'send' | 'close' | 'bufferedAmount' | 'readyState'>) {
    this.ws = ws
  }
  say(message: Record<string, unknown>): void {
    if (this.ws.readyState === 1) this.ws.send(JSON.stringify(message))
  }
  onHead(init: Buffer, shown: Shown): void {
    this.waiting_key = true
    this.fault = null
    this.say({ t: 'head', ...shown })
    this.put(init)
  }
  onPiece(piece: Buffer, key: boolean): void {
    if (this.ws.bufferedAmount > FULL) {
      this.waiting_key = true
      const now = steadyMs()
      if (this.full_since === 0) {
        this.full_since = now
        this.skipped_count++
      } else if (now - this.full_since > STUCK_MS) {
        this.fault = 'too_slow'
        this.ws.close(4008, 'too slow')
      }
      return
    }
    if (this.waiting_key && (!key || (this.full_since > 0 && this.ws.bufferedAmount > EMPTY))) return
    this.full_since = 0
    this.waiting_key = false
    this.put(piece)
  }
  onFault(fault: Fault, again_ms: number | null): void {
    this.waiting_key = true
    this.fault = fault
    this.say({ t: 'fault', fault, again_ms })
  }
  onOver(): void {
    this.say({ t: 'end' })
  }
  put(b: Buffer): void {
    if (this.ws.readyState !== 1) return
    this.size_bytes += b.length
    this.ws.send(b)
  }
}
