// POST /gate/plate/<company>.<camera>.<secret>: what a camera pushes. No session: the address is the camera's own and holds its secret, which comes
// from the installation's key and the camera's name, so that it can be shown again and is kept nowhere. The answer is the decision.
import type { FastifyInstance } from 'fastify'
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
import { dueCommand } from './commands.ts'
import { cameraSeen, type CameraSeen } from './facts.ts'
import { listDelta } from './lists_of_cameras.ts'
import { takeLook } from './take_look.ts'
import { answerVzenith, readVzenith, type VzenithLook } from './vzenith.ts'

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
  body: unknown
}
const NOWHERE: PushAnswer = { status: 404, body: { error: 'kernel.not_found', message: '没有这个地址' } }

async function beat(scope: Scope, k: CameraSeen): Promise<unknown> {
  await sql`insert into parking.camera_state (company_id, camera_id, seen_at) values (${scope.company_id}, ${k.camera_id}, ${scope.now}) on conflict (company_id, camera_id) do update set seen_at = excluded.seen_at`.execute(scope.db)
  const [open, list] = [await dueCommand(scope, k.camera_id), await listDelta(scope, k)]
  return answerVzenith({ open, ...(list ? { list } : {}) })
}
async function look(scope: Scope, k: CameraSeen, l: VzenithLook, picture: Promise<string | null>): Promise<unknown> {
  const d = await takeLook(scope, k, { ...l, picture })
  const say = d.decision === 'hold' ? words.states!['why']![d.why] : undefined
  return answerVzenith({ open: d.decision === 'open', plateid: l.plateid, ...(l.replay ? { replay_of: l.plateid } : {}), ...(say && !l.replay ? { say } : {}) })
}

/** One push from its bytes to the answer; the route, the simulator and tests call it. */
export async function takePush(app: App, ref: string, type: string | undefined, body: string): Promise<PushAnswer> {
  const [, company, camera_id, secret] = REF.exec(ref) ?? []
  if (!company || !camera_id || !secret) return NOWHERE
  const company_id = Number.parseInt(company, 10)
  const message = readVzenith(body, type)
  if (!message) return { status: 400, body: { error: 'kernel.invalid', message: '不是车牌推送' } }
  return asSystem(app, company_id, 'parking.push', async (scope) => {
    const k = await cameraSeen(scope, camera_id)
    if (!k || !matches(secret, secretOf(company_id, camera_id, k.secret_no)) || (k.serial_no && message.serial_no && k.serial_no !== message.serial_no)) return NOWHERE
    if (message.kind === 'beat') return { status: 200, body: await beat(scope, k) }
    const picture = keepPicture(app, message.picture)
    picture.catch(() => {}) // waited for before the look is written
    return { status: 200, body: await look(scope, k, message, picture) }
  }, null, { by_key: true })
}

export async function registerParkingRoutes(f: FastifyInstance, app: App): Promise<void> {
  await f.register(async (own) => {
    own.removeAllContentTypeParsers()
    own.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_MAX }, (_req, body, done) => done(null, body))
    own.post<{ Params: { ref: string } }>('/gate/plate/:ref', { bodyLimit: BODY_MAX }, async (req, reply) => {
      try {
        const a = await takePush(app, req.params.ref, req.headers['content-type'], typeof req.body === 'string' ? req.body : '')
        return await reply.status(a.status).send(a.body)
      } catch (error) {
        // Unanswered, the camera sends again, then opens by its own list.
        log('error', 'a plate could not be taken', { ref: req.params.ref.split('.').slice(0, 2).join('.'), error: String(error), stack: error instanceof Error ? error.stack : undefined })
        return reply.status(500).send({ error: 'kernel.fault', message: '系统繁忙' })
      }
    })
  })
}
