// POST /gate/beacon/<company>.<gateway>.<secret>: {clock, sightings: [{tag, at, rssi?}]}, seconds, 200 at most. What belongs to no tag of ours falls away: phones of strangers are nobody's
// business. Answered {taken}; unanswered it may be sent again, each sighting is taken once.
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { z } from 'zod'
import type { App } from '../../../kernel/app.ts'
import { log } from '../../../kernel/log.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { readRef, sameSecret, secretOf } from './address.ts'

const BODY_MAX = 256 * 1024
const CLOCK_LOST_S = 366 * 86_400
const Message = z.object({ clock: z.int().min(0).max(10_000_000_000), sightings: z.array(z.object({ tag: z.string().min(1).max(40), at: z.int().min(0).max(10_000_000_000), rssi: z.int().min(-200).max(50).nullish() })).max(200) })
function readMessage(body: string): z.output<typeof Message> | null {
  try {
    return Message.safeParse(JSON.parse(body)).data ?? null
  } catch {
    return null
  }
}
export async function takeBeaconPush(app: App, ref: string, body: string): Promise<{ status: number; body: unknown }> {
  const at = readRef(ref)
  const m = readMessage(body)
  if (!at) return { status: 404, body: { error: 'kernel.not_found', message: '没有这个地址' } }
  if (!m) return { status: 400, body: { error: 'kernel.invalid', message: '不是信标上报' } }
  const taken = await asSystem(app, at.company_id, 'muster.push', async (scope) => {
    const c = scope.company_id
    const { rows } = await sql<{ secret_no: number }>`select secret_no from muster.gateway where company_id = ${c} and gateway_id = ${at.gateway_id} and retired_at is null`.execute(scope.db)
    if (!rows[0] || !sameSecret(at.secret, secretOf(c, at.gateway_id, rows[0].secret_no))) return null
    await sql`update muster.gateway set heard_at = ${scope.now} where company_id = ${c} and gateway_id = ${at.gateway_id}`.execute(scope.db)
    const now_s = Math.floor(Date.parse(scope.now) / 1000)
    // A clock that is off is put right by the same message, as with doors.
    const off = Math.abs(now_s - m.clock) > CLOCK_LOST_S ? 0 : now_s - m.clock
    const list = m.sightings.map((s) => ({ tag: s.tag, at: new Date(Math.min(s.at + off, now_s) * 1000).toISOString() }))
    const put = await sql`insert into muster.sighting (company_id, sighting_id, community_id, gateway_id, account_id, zone, at, received_at) select ${c}, gen_random_uuid(), g.community_id, g.gateway_id, t.account_id, g.zone, x.at, ${scope.now} from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(tag text, at timestamptz) join muster.tag t on t.company_id = ${c} and t.no = x.tag and t.retired_at is null join muster.gateway g on g.company_id = ${c} and g.gateway_id = ${at.gateway_id} on conflict (company_id, gateway_id, account_id, at) do nothing`.execute(scope.db)
    return Number(put.numAffectedRows ?? 0n)
  }, null, { by_key: true })
  return taken === null ? { status: 404, body: { error: 'kernel.not_found', message: '没有这个地址' } } : { status: 200, body: { taken } }
}
export async function registerBeaconRoutes(f: FastifyInstance, app: App): Promise<void> {
  await f.register(async (own) => {
    own.removeAllContentTypeParsers()
    own.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_MAX }, (_req, body, done) => done(null, body))
    own.post<{ Params: { ref: string } }>('/gate/beacon/:ref', { bodyLimit: BODY_MAX }, async (req, reply) => {
      try {
        const a = await takeBeaconPush(app, req.params.ref, typeof req.body === 'string' ? req.body : '')
        return await reply.status(a.status).send(a.body)
      } catch (error) {
        log('error', 'a beacon message could not be taken', { ref: req.params.ref.split('.').slice(0, 2).join('.'), error: String(error) })
        return reply.status(500).send({ error: 'kernel.fault', message: '系统繁忙' })
      }
    })
  })
}
