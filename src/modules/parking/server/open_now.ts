// Opening by asking the camera: after the decision stands, by whichever server hears of the command first, once. The command is taken before the camera is asked, so that a
// server that dies leaves a barrier down rather than one that goes up twice; what is not known stays unknown and is told to the booth.
import { sql } from 'kysely'
import type { App } from '../../../kernel/app.ts'
import { nowMs } from '../../../kernel/clock.ts'
import { hear } from '../../../kernel/hear.ts'
import { log } from '../../../kernel/log.ts'
import { openText } from '../../../kernel/seal.ts'
import { asSystem } from '../../../kernel/worker.ts'
import type { DialectName } from '../shapes.ts'
import { ReachFault, type Reach } from './ask_camera.ts'
import { CHANNEL } from './commands.ts'
import type { Camera, Opened } from './dialect.ts'
import { MAKERS } from './makers.ts'

/** To be heard by the camera; a command lives ten seconds. */
const HEARD_MS = 4_000
const CAMERAS_MAX = 200
const NOTICE = /^([1-9]\d{0,14}):([0-9a-f-]{36})$/
interface Taken {
  camera_id: string
  dialect: DialectName
  channel: number
  reach_sealed: string | null
  expires_at: string
  plate: string | null
}
export const openReach = (sealed: string): Reach => JSON.parse(openText(sealed)) as Reach

export class GateOpener {
  private readonly app: App
  /** With what a camera wanted as proof last: the next opening is one question instead of two. */
  private readonly cameras = new Map<string, { sealed: string; camera: Camera }>()
  private readonly running = new Set<Promise<unknown>>()
  private ear: { stop(): Promise<void> } | null = null
  constructor(app: App) {
    this.app = app
  }
  async start(): Promise<void> {
    this.ear = await hear(this.app.d.url, {
      name: 'heyuan-gate', channel: CHANNEL,
      onNotice: (payload) => {
        const [, company, command_id] = NOTICE.exec(payload) ?? []
        if (!company) return
        const p: Promise<unknown> = this.open(Number.parseInt(company, 10), command_id!)
          .catch((error: unknown) => log('error', 'a barrier could not be asked', { command_id, error: String(error), stack: error instanceof Error ? error.stack : undefined }))
          .finally(() => this.running.delete(p))
        this.running.add(p)
      },
    })
  }
  async stop(): Promise<void> {
    await this.ear?.stop()
    await Promise.allSettled(this.running)
  }
  private cameraOf(k: Taken): Camera | null {
    if (!k.reach_sealed) return null
    const known = this.cameras.get(k.camera_id)
    const sealed = `${k.dialect}:${k.channel}:${k.reach_sealed}`
    if (known?.sealed === sealed) return known.camera
    if (this.cameras.size >= CAMERAS_MAX) this.cameras.clear()
    const camera = MAKERS[k.dialect].camera(openReach(k.reach_sealed), k.channel)
    this.cameras.set(k.camera_id, { sealed, camera })
    return camera
  }
  /** Null: somebody else has it, it is over, or its camera fetches it. */
  async open(company_id: number, command_id: string): Promise<Opened | null> {
    const k = await asSystem(this.app, company_id, 'parking.open', async (scope) => {
      const c = scope.company_id
      const { rows } = await sql<Taken>`update parking.command m set sent_at = ${scope.now}::timestamptz from parking.camera k where m.company_id = ${c} and m.command_id = ${command_id} and m.sent_at is null and m.expires_at > ${scope.now}::timestamptz and k.company_id = ${c} and k.camera_id = m.camera_id and k.dialect <> 'vzenith'
        returning m.camera_id, k.dialect, k.channel, k.reach_sealed, m.expires_at, (select l.plate from parking.look l where l.company_id = ${c} and l.look_id = m.look_id and not l.no_plate) as plate`.execute(scope.db)
      return rows[0] ?? null
    })
    if (!k) return null
    const done = await this.ask(k)
    await asSystem(this.app, company_id, 'parking.open', async (scope) => {
      const c = scope.company_id
      await sql`update parking.command set outcome = ${done.outcome}, outcome_note = ${done.note}, ended_at = ${scope.now} where company_id = ${c} and command_id = ${command_id}`.execute(scope.db)
      const answered = done.outcome !== 'unreachable' && done.outcome !== 'unknown'
      await sql`update parking.camera_state set reached_at = case when ${answered} then ${scope.now}::timestamptz else reached_at end where company_id = ${c} and camera_id = ${k.camera_id}`.execute(scope.db)
    })
    return done
  }
  private async ask(k: Taken): Promise<Opened> {
    const open = this.cameraOf(k)?.open
    if (!open) return { outcome: 'unreachable', note: '没有填写相机地址,平台不能开闸' }
    const ms = Math.min(HEARD_MS, Date.parse(k.expires_at) - nowMs())
    if (ms <= 0) return { outcome: 'unreachable', note: '命令已过期,没有发送' }
    try {
      return await open({ plate: k.plate, ms })
    } catch (error) {
      if (!(error instanceof ReachFault)) {
        log('error', 'a barrier could not be asked', { camera_id: k.camera_id, error: String(error) })
        return { outcome: 'unknown', note: '答复读不懂,不知是否已开' }
      }
      return error.untouched ? { outcome: 'unreachable', note: error.message } : { outcome: 'unknown', note: `${error.message},不知是否已开` }
    }
  }
}
