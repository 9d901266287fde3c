// POST /gate/plate/<company>.<camera>.<secret>: what a camera pushes. No session: the address is the camera's own and holds its secret, which comes
// from the installation's key and the camera's name, so that it can be shown again and is kept nowhere. Its maker's file (makers.ts) reads it; the answer is the decision, or the
// camera is asked to open once the decision stands (open_now.ts).
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createHash, timingSafeEqual } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { sql } from 'kysely'
import type { App } from '../../../kernel/app.ts'
import { pathOf } from '../../../kernel/files.ts'
import { log } from '../../../kernel/log.ts'
import { blindIndex } from '../../../kernel/seal.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { words } from '../words.ts'
import { command, dueCommand } from './commands.ts'
import type { PlateBeat, PlateLook, Pushed } from './dialect.ts'
import { cameraSeen, type CameraSeen } from './facts.ts'
import { listDelta } from './lists_of_cameras.ts'
import { MAKERS } from './makers.ts'
import { GateOpener } from './open_now.ts'
import { takeLook } from './take_look.ts'

const BODY_MAX = 4 * 1024 * 1024
const SECRET_LENGTH = 32
const secretOf = (company_id: number, camera_id: string, secret_no: number): string => blindIndex(`parking.camera:${company_id}:${camera_id}:${secret_no}`).slice(0, SECRET_LENGTH)
export const cameraPath = (company_id: number, camera_id: string, secret_no: number): string => `/gate/plate/${company_id}.${camera_id}.${secretOf(company_id, camera_id, secret_no)}`

const REF = /^([1-9]\d{0,14})\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([\w-]{32})$/
function matches(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}

/** Kept by its content, as files are: one picture for two pushes of one look. Only for an address that holds: anybody can send pictures to another. */
async function keepPicture(app: App, bytes: Buffer | null): Promise<string | null> {
  if (!bytes) return null
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const to = pathOf(app.data_dir, sha256)
  await mkdir(dirname(to), { recursive: true })
  await writeFile(to, bytes, { mode: 0o600 })
  return sha256
}

export interface PushAnswer {
  status: number
  type?: string
  body: unknown
}
const NOWHERE: PushAnswer = { status: 404, body: { error: 'kernel.not_found', message: '没有这个地址' } }

/** Its barrier goes up when it is asked, not by an answer: one of the two, or it would go up twice. */
const isAsked = (k: CameraSeen): boolean => MAKERS[k.dialect].opens_by === 'asking' || (MAKERS[k.dialect].opens_by === 'either' && k.reached)
async function beat(scope: Scope, k: CameraSeen, m: PlateBeat, push: Pushed): Promise<PushAnswer> {
  const off = m.device_s === undefined ? null : Math.round(Date.parse(scope.now) / 1000 - m.device_s)
  await sql`insert into parking.camera_state as s (company_id, camera_id, seen_at, clock_off_s) values (${scope.company_id}, ${k.camera_id}, ${scope.now}, ${off}) on conflict (company_id, camera_id) do update set seen_at = excluded.seen_at, clock_off_s = coalesce(excluded.clock_off_s, s.clock_off_s)`.execute(scope.db)
  // What others are answered to a sign of life holds no business.
  if (k.dialect !== 'vzenith') return { status: 200, ...push.answer({ open: false }) }
  const [open, list] = [await dueCommand(scope, k.camera_id), await listDelta(scope, k)]
  return { status: 200, ...push.answer({ open, ...(list ? { list } : {}) }) }
}
/** Other makers' cameras send what they kept without always saying so: an event this much older than their clock is none of a car that stands there. */
const OLD_S = 30
async function look(scope: Scope, k: CameraSeen, l: PlateLook, push: Pushed, picture: Promise<string | null>): Promise<PushAnswer> {
  const old = k.dialect !== 'vzenith' && Date.parse(scope.now) / 1000 - l.device_s - (k.clock_off_s ?? 0) > OLD_S
  const d = await takeLook(scope, k, { ...l, replay: l.replay || old, picture })
  const opens = d.decision === 'open'
  // Asked once a look: an event that came again finds its barrier asked already.
  if (opens && isAsked(k) && d.look_id) command(scope, k.camera_id, { lot_id: k.lot_id, lane_id: k.lane_id, reason: words.states!['why']![d.why] ?? d.why, by_name: BY, look_id: d.look_id })
  const say = d.decision === 'hold' ? words.states!['why']![d.why] : undefined
  return { status: 200, ...push.answer({ open: opens && !isAsked(k), ...(say ? { say } : {}) }) }
}

const BY = '系统'
/** One push from its bytes to the answer; the route, the simulators and tests call it. `at` is what follows the camera's own address. */
export async function takePush(app: App, ref: string, type: string | undefined, body: string | Buffer, at = ''): Promise<PushAnswer> {
  const [, company, camera_id, secret] = REF.exec(ref) ?? []
  if (!company || !camera_id || !secret) return NOWHERE
  const company_id = Number.parseInt(company, 10)
  return asSystem(app, company_id, 'parking.push', async (scope) => {
    const k = await cameraSeen(scope, camera_id)
    if (!k || !matches(secret, secretOf(company_id, camera_id, k.secret_no))) return NOWHERE
    const push = MAKERS[k.dialect].read(typeof body === 'string' ? Buffer.from(body, 'utf8') : body, type, at)
    if (!push) return { status: 400, body: { error: 'kernel.invalid', message: '不是车牌推送' } }
    const m = push.message
    if (k.serial_no && m.serial_no && k.serial_no !== m.serial_no) return NOWHERE
    if (m.kind === 'beat') return beat(scope, k, m, push)
    const picture = keepPicture(app, m.picture)
    picture.catch(() => {}) // waited for before the look is written
    return look(scope, k, m, push, picture)
  }, null, { by_key: true })
}

export async function registerParkingRoutes(f: FastifyInstance, app: App): Promise<void> {
  const opener = new GateOpener(app)
  f.addHook('onReady', () => opener.start())
  f.addHook('preClose', () => opener.stop())
  await f.register(async (own) => {
    own.removeAllContentTypeParsers()
    own.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_MAX }, (_req, body, done) => done(null, body))
    const take = async (req: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const { ref, '*': at } = req.params as { ref: string; '*'?: string }
      try {
        const a = await takePush(app, ref, req.headers['content-type'], Buffer.isBuffer(req.body) ? req.body : '', at)
        return await reply.status(a.status).type(a.type ?? 'application/json').send(a.body)
      } catch (error) {
        // Unanswered, the camera sends again, then opens by its own list.
        log('error', 'a plate could not be taken', { ref: ref.split('.').slice(0, 2).join('.'), error: String(error), stack: error instanceof Error ? error.stack : undefined })
        return reply.status(500).send({ error: 'kernel.fault', message: '系统繁忙' })
      }
    }
    own.post('/gate/plate/:ref', { bodyLimit: BODY_MAX }, take)
    // 大华 adds a path of its own to the address that was typed in; some firmware asks its sign of life by GET.
    own.route({ method: ['GET', 'POST', 'PUT'], url: '/gate/plate/:ref/*', bodyLimit: BODY_MAX, handler: take })
  })
}
