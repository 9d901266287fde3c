// Turning a camera while somebody holds the button: ONVIF ContinuousMove, which stops by itself when nobody says more; GB devices turn until they are told, so that is told here
// when nobody holds any more. Each turn is in the audit with who turned.
import type { App } from '../../../../kernel/app.ts'
import { log } from '../../../../kernel/log.ts'
import { asSystem } from '../../../../kernel/worker.ts'
import { open } from '../address.ts'
import type { View } from './book.ts'
import type { Platform } from './gb/platform.ts'
import { choose, Onvif } from './onvif.ts'
import type { Known } from './registry.ts'

const MOVE_S = 2
export interface Move {
  pan: number
  tilt: number
  zoom: number
}
export function readMove(m: Record<string, unknown>): Move | null {
  const n = (v: unknown): number | null => (typeof v === 'number' && v >= -1 && v <= 1 ? v : null)
  const [pan, tilt, zoom] = [n(m['pan']), n(m['tilt']), n(m['zoom'])]
  return pan === null || tilt === null || zoom === null ? null : { pan, tilt, zoom }
}
interface Head {
  move(m: Move): Promise<void>
  halt(): Promise<void>
}
export class Turner {
  private device: Head | undefined
  private dead: NodeJS.Timeout | undefined
  private readonly platform: Platform
  private moving = false
  private chain: Promise<unknown> = Promise.resolve()
  private waiting = 0
  private readonly app: App
  private readonly view: View
  private readonly k: Known
  constructor(app: App, platform: Platform, view: View, k: Known) {
    this.app = app
    this.platform = platform
    this.view = view
    this.k = k
  }
  private async camera(): Promise<Head> {
    if (this.device) return this.device
    const a = open(this.k.address_sealed)
    if (a.gb) {
      const at = { company_id: this.k.company_id, gb_device_id: a.gb.gb_device_id, channel: a.gb.channel }
      return (this.device = { move: (m) => this.platform.turn(at, m), halt: () => this.platform.turn(at, null) })
    }
    if (!a.onvif_url) throw new Error('no address for turning')
    const onvif = new Onvif({ url: a.onvif_url, user: a.user, password: a.password })
    await onvif.begin()
    const main = choose(await onvif.profiles()).main
    if (!main || !onvif.has_ptz) throw new Error('the camera does not turn')
    return (this.device = { move: (m) => onvif.move(main.token, m, MOVE_S), halt: () => onvif.halt(main.token) })
  }
  /** null stops. Gives a word for the screen when it cannot be done. */
  async turn(m: Move | null): Promise<string | null> {
    if (!this.view.may_ptz) return 'forbidden'
    if (this.waiting > 3 && m) return null
    this.waiting++
    const done = this.chain.then(() => this.now(m))
    this.chain = done.catch(() => {}).finally(() => this.waiting--)
    return done
  }
  private async now(m: Move | null): Promise<string | null> {
    if (!m && !this.moving) return null
    try {
      const head = await this.camera()
      clearTimeout(this.dead)
      if (!m) {
        this.moving = false
        await head.halt()
        return null
      }
      await head.move(m)
      // Whose browser went away without a word does not leave it turning.
      this.dead = setTimeout(() => void this.turn(null).catch(() => {}), MOVE_S * 1000)
      if (!this.moving) {
        this.moving = true
        await asSystem(this.app, this.view.company_id, 'video.ptz', async (scope) => scope.note('video_ptz', this.k.camera_id, { camera: this.k.name, by: this.view.name, ...m }), this.view.account_id)
      }
      return null
    } catch (error) {
      log('info', 'turning failed', { camera: this.k.name, cause: String(error) })
      return 'failed'
    }
  }
}
