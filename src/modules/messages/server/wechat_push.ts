// What WeChat pushes to us: GET to prove the address, POST for events. Signature first; the event is kept before anything follows from it, and its key
// is unique, so that the third delivery of the same event changes nothing. A wrong signature leaves nothing behind and is answered 401.
import { sql } from 'kysely'
import type { FastifyInstance } from 'fastify'
import type { App } from '../../../kernel/app.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { log } from '../../../kernel/log.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { field, openSafe, plainSigned, safeSigned, type PushQuery } from './outside/wechat_push.ts'
import { storedAccount, type WechatAccount } from './wechat_account.ts'
import { REPORT, applyReport, oneAtATime } from './wechat_send.ts'

const BODY_MAX = 64 * 1024
const RAW_MAX = 4000

interface Pushed {
  xml: string
  mode: 'plain' | 'aes'
}
/** null: not WeChat's. In safe mode only what is encrypted counts; the plain half of a message in mixed mode is not looked at. */
export function readPush(a: Pick<WechatAccount, 'appid' | 'push_mode' | 'push_token' | 'aes_key'>, q: PushQuery, body: string): Pushed | null {
  if (a.push_mode === 'plain') return plainSigned(a.push_token, q) ? { xml: body, mode: 'plain' } : null
  const encrypted = field(body, 'Encrypt', BODY_MAX)
  if (!a.aes_key || !encrypted || !safeSigned(a.push_token, q, encrypted)) return null
  const xml = openSafe(a.aes_key, a.appid, encrypted)
  return xml ? { xml, mode: 'aes' } : null
}

/** WeChat repeats what was not answered in five seconds; events are told apart by who and when, reports by the message they speak of. */
const keyOf = (xml: string, event: string, msgid: string | null): string => (event === REPORT ? `report:${msgid}` : `${event}:${field(xml, 'FromUserName')}:${field(xml, 'CreateTime')}`)

async function take(scope: Scope, a: WechatAccount, p: Pushed): Promise<void> {
  const event = field(p.xml, 'Event') ?? field(p.xml, 'MsgType') ?? ''
  const openid = field(p.xml, 'FromUserName')
  const msgid = field(p.xml, 'MsgID')
  const status = field(p.xml, 'Status')
  const c = scope.company_id
  if (event === REPORT && msgid) await oneAtATime(scope, a.appid, msgid)
  const kept = await sql`insert into messages.wechat_event (company_id, event_id, event_key, appid, event, openid, msgid, status, mode, raw, received_at)
    values (${c}, ${uuidv7()}, ${keyOf(p.xml, event, msgid).slice(0, 200)}, ${a.appid}, ${event.slice(0, 60)}, ${openid}, ${msgid}, ${status}, ${p.mode}, ${p.xml.slice(0, RAW_MAX)}, ${scope.now}) on conflict (company_id, event_key) do nothing returning event_id`.execute(scope.db)
  if (kept.rows.length === 0) return
  if (event === REPORT && msgid) return applyReport(scope, a.appid, msgid, status ?? '')
  if ((event === 'subscribe' || event === 'unsubscribe') && openid)
    await sql`update messages.wechat_binding set follows = ${event === 'subscribe'}, follows_at = ${scope.now} where company_id = ${c} and appid = ${a.appid} and openid = ${openid} and unbound_at is null`.execute(scope.db)
}

async function accountOf(app: App, ref: string): Promise<WechatAccount | null> {
  if (!/^[1-9]\d{0,14}$/.test(ref)) return null
  const company_id = Number.parseInt(ref, 10)
  return inTransaction(app.d, { company_id, readOnly: true }, ({ db }) => storedAccount(app, db, company_id))
}

export async function registerMessageRoutes(f: FastifyInstance, app: App): Promise<void> {
  await f.register(async (own) => {
    own.removeAllContentTypeParsers()
    own.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_MAX }, (_req, body, done) => done(null, body))
    own.get<{ Params: { ref: string }; Querystring: PushQuery }>('/wechat/push/:ref', async (req, reply) => {
      const a = await accountOf(app, req.params.ref)
      // Before it is switched on too: the address is proved while the account is being set up.
      if (!a || !plainSigned(a.push_token, req.query) || typeof req.query.echostr !== 'string') return reply.status(401).send()
      return reply.type('text/plain').send(req.query.echostr.slice(0, 200))
    })
    own.post<{ Params: { ref: string }; Querystring: PushQuery }>('/wechat/push/:ref', { bodyLimit: BODY_MAX }, async (req, reply) => {
      const a = await accountOf(app, req.params.ref)
      const p = a ? readPush(a, req.query, typeof req.body === 'string' ? req.body : '') : null
      if (!a || !p) return reply.status(401).send()
      try {
        await asSystem(app, a.company_id, 'messages.wechat_push', (scope) => take(scope, a, p))
      } catch (error) {
        log('error', 'a WeChat event could not be taken', { error: String(error) })
        return reply.status(500).send() // WeChat comes again
      }
      return reply.type('text/plain').send('success')
    })
  })
}
