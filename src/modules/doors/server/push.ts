// POST /gate/door/<company>.<controller>.<secret>: what a controller says and asks (docs/doors.md). No session: the address is the controller's own and holds its secret.
// Answered when there is something to say, or when the time is over that it wanted to wait.
import type { FastifyInstance } from 'fastify'
import type { App } from '../../../kernel/app.ts'
import { log } from '../../../kernel/log.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { readRef, sameSecret, secretOf } from './address.ts'
import { photoFor } from './faces.ts'
import { readMessage, type DoorAnswer } from './protocol.ts'
import { controllerSeen, dueFor, takeMessage } from './take.ts'
import { Waiters } from './waiters.ts'

const BODY_MAX = 2 * 1024 * 1024
export interface PushAnswer {
  status: number
  body: unknown
}
const NOWHERE: PushAnswer = { status: 404, body: { error: 'kernel.not_found', message: '没有这个地址' } }
const silent = (a: DoorAnswer): boolean => !a.list && !a.read && a.commands.length === 0 && a.taken.length === 0

/** One message from its bytes to the answer; the route, the simulator and tests call it. Without `waiters` it is answered at once. */
export async function takeDoorPush(app: App, ref: string, body: string, waiters?: Waiters): Promise<PushAnswer> {
  const at = readRef(ref)
  if (!at) return NOWHERE
  const m = readMessage(body)
  if (!m) return { status: 400, body: { error: 'kernel.invalid', message: '不是门禁上报' } }
  const wait = m.wait_s > 0 ? waiters?.expect(`${at.company_id}:${at.controller_id}`) : undefined
  try {
    const first = await asSystem(app, at.company_id, 'doors.push', async (scope) => {
      const k = await controllerSeen(scope, at.controller_id)
      return k && sameSecret(at.secret, secretOf(at.company_id, at.controller_id, k.secret_no)) ? takeMessage(scope, k, m) : null
    }, null, { by_key: true })
    if (!first) return NOWHERE
    if (!wait || !silent(first) || !(await wait.called(m.wait_s * 1000))) return { status: 200, body: first }
    const then = await asSystem(app, at.company_id, 'doors.push', async (scope) => {
      const k = await controllerSeen(scope, at.controller_id)
      return k ? dueFor(scope, k) : null
    }, null, { by_key: true })
    return then ? { status: 200, body: then } : NOWHERE
  } finally {
    wait?.end()
  }
}

/** A face's picture for the controller that has it in its list: from the secret of its address, and nowhere kept in the open. */
export async function takeDoorFace(app: App, ref: string, face_id: string): Promise<Buffer | null> {
  const at = readRef(ref)
  if (!at || !/^[0-9a-f-]{36}$/.test(face_id)) return null
  return asSystem(app, at.company_id, 'doors.face', async (scope) => {
    const k = await controllerSeen(scope, at.controller_id)
    return k && sameSecret(at.secret, secretOf(at.company_id, at.controller_id, k.secret_no)) ? photoFor(scope, at.controller_id, face_id) : null
  }, null, { by_key: true })
}

export async function registerDoorRoutes(f: FastifyInstance, app: App): Promise<void> {
  const waiters = new Waiters(app.d.url)
  f.addHook('onReady', () => waiters.start())
  f.addHook('preClose', () => waiters.stop())
  await f.register(async (own) => {
    own.removeAllContentTypeParsers()
    own.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_MAX }, (_req, body, done) => done(null, body))
    own.get<{ Params: { ref: string; face_id: string } }>('/gate/door/:ref/face/:face_id', async (req, reply) => {
      const photo = await takeDoorFace(app, req.params.ref, req.params.face_id)
      return photo ? reply.type('image/jpeg').header('cache-control', 'no-store').send(photo) : reply.status(404).send(NOWHERE.body)
    })
    own.post<{ Params: { ref: string } }>('/gate/door/:ref', { bodyLimit: BODY_MAX }, async (req, reply) => {
      try {
        const a = await takeDoorPush(app, req.params.ref, typeof req.body === 'string' ? req.body : '', waiters)
        return await reply.status(a.status).send(a.body)
      } catch (error) {
        // Unanswered, the controller keeps its records and sends them again.
        log('error', 'a door message could not be taken', { ref: req.params.ref.split('.').slice(0, 2).join('.'), error: String(error), stack: error instanceof Error ? error.stack : undefined })
        return reply.status(500).send({ error: 'kernel.fault', message: '系统繁忙' })
      }
    })
  })
}
