// POST /pay/notify/<ref>: the channel's word. Evidence first and committed, then the signature, then settle(). Whatever is wrong stays in
// the list 渠道通知 for a person to see, and the provider is told FAIL so that it comes again.
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import type { App } from '../../../kernel/app.ts'
import { nowIso, nowMs } from '../../../kernel/clock.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { log } from '../../../kernel/log.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { openChannel, readRef, type ChannelRow } from './channels.ts'
import type { HeaderBag, NotifyFault, NotifyResult } from './outside/channel.ts'
import { settle } from './settle.ts'

const BODY_MAX = 64 * 1024
type Verdict = 'accepted' | 'duplicate' | 'bad_signature' | 'mismatch' | 'ignored'
export interface NotifyAnswer {
  status: number
  body: { code: string; message: string } | null
}
const GOOD: NotifyAnswer = { status: 204, body: null }
const fail = (status: number, message: string): NotifyAnswer => ({ status, body: { code: 'FAIL', message } })

const FAULTS: Record<NotifyFault, { verdict: Verdict; note: string; status: number }> = {
  too_large: { verdict: 'bad_signature', note: '内容过大', status: 413 },
  unsigned: { verdict: 'bad_signature', note: '没有签名', status: 401 },
  signature_type: { verdict: 'bad_signature', note: '签名类型不支持', status: 401 },
  stale: { verdict: 'bad_signature', note: '时间戳与本机相差过大', status: 401 },
  signtest: { verdict: 'bad_signature', note: '渠道的签名探测,无需处理', status: 401 },
  unknown_serial: { verdict: 'bad_signature', note: '未知的平台证书序列号', status: 401 },
  bad_signature: { verdict: 'bad_signature', note: '签名不符', status: 401 },
  malformed: { verdict: 'mismatch', note: '内容格式不符', status: 400 },
  undecryptable: { verdict: 'mismatch', note: '密文无法解开', status: 400 },
  other_merchant: { verdict: 'mismatch', note: '商户号或 AppID 不符', status: 400 },
  unsupported_event: { verdict: 'ignored', note: '不处理的通知类型', status: 204 },
}

// A flood of forgeries must not fill the disk: past this many bad ones a minute, evidence is kept only of what verifies.
const BAD_A_MINUTE = 120
const bad = new Map<string, { minute: number; count: number }>()
function flooded(ref: string): boolean {
  const b = bad.get(ref)
  return b !== undefined && b.minute === Math.trunc(nowMs() / 60_000) && b.count >= BAD_A_MINUTE
}
function countBad(ref: string): void {
  const minute = Math.trunc(nowMs() / 60_000)
  const b = bad.get(ref)
  if (b?.minute === minute) b.count++
  else {
    if (bad.size > 1000) bad.clear()
    bad.set(ref, { minute, count: 1 })
  }
}

const KEPT = /^(wechatpay-|content-type$|user-agent$)/
const kept = (headers: HeaderBag): Record<string, string> => Object.fromEntries(Object.entries(headers).filter(([k]) => KEPT.test(k)).map(([k, v]) => [k, String(v).slice(0, 600)]))

/** The row as it came, in a transaction of its own; gives the channel, or null when there is none. */
async function keep(app: App, company_id: number, channel_id: string, event_id: string, headers: HeaderBag, body: Buffer): Promise<ChannelRow | null> {
  return inTransaction(app.d, { company_id }, async ({ db }) => {
    const r = await sql<ChannelRow>`
      with here as (select company_id, channel_id, name, simulated, config_sealed, enabled_at from payment.channel where company_id = ${company_id} and channel_id = ${channel_id}),
      kept as (insert into payment.channel_event (company_id, event_id, channel_id, event_key, headers, body, verdict, received_at)
        select company_id, ${event_id}::uuid, channel_id, ${event_id}::text, ${JSON.stringify(kept(headers))}::jsonb, ${body.toString('utf8').replaceAll('\u0000', '')}, 'received', ${nowIso()}::timestamptz from here)
      select * from here`.execute(db)
    return r.rows[0] ?? null
  })
}
async function judge(scope: Pick<Scope, 'db' | 'company_id'>, event_id: string, verdict: Verdict, note: string | null, event_key: string): Promise<void> {
  await scope.db.updateTable('payment.channel_event').set({ verdict, note, event_key }).where('company_id', '=', scope.company_id).where('event_id', '=', event_id).execute()
}

/** One notice from its bytes to the answer; the route and tests call it. */
export async function takeNotice(app: App, ref: string, headers: HeaderBag, body: Buffer): Promise<NotifyAnswer> {
  const at = readRef(ref)
  if (!at) return fail(404, '没有这个地址')
  const event_id = uuidv7()
  if (flooded(ref)) {
    const row = await inTransaction(app.d, { company_id: at.company_id, readOnly: true }, ({ db }) =>
      db.selectFrom('payment.channel').select(['company_id', 'channel_id', 'name', 'simulated', 'config_sealed', 'enabled_at']).where('company_id', '=', at.company_id).where('channel_id', '=', at.channel_id).executeTakeFirst(),
    )
    if (!row || !openChannel(app, row).channel.verifyNotify(headers, body, new Date(nowMs())).ok) return fail(401, '验签失败')
  }
  const row = await keep(app, at.company_id, at.channel_id, event_id, headers, body)
  if (!row) return fail(404, '没有这个地址')
  const read = openChannel(app, row).channel.verifyNotify(headers, body, new Date(nowMs()))
  if (!read.ok) {
    const fault = FAULTS[read.reason]
    if (fault.verdict === 'bad_signature') countBad(ref)
    await inTransaction(app.d, { company_id: at.company_id }, ({ db }) => judge({ db, company_id: at.company_id }, event_id, fault.verdict, fault.note, event_id))
    return fault.status === 204 ? GOOD : fail(fault.status, fault.verdict === 'bad_signature' ? '验签失败' : fault.note)
  }
  return act(app, at.company_id, at.channel_id, event_id, read)
}

/** A notice that is truly the provider's. The verdict is written in the transaction of the settlement. */
async function act(app: App, company_id: number, channel_id: string, event_id: string, read: Extract<NotifyResult, { ok: true }>): Promise<NotifyAnswer> {
  return asSystem(app, company_id, 'payment.settle', async (scope) => {
    if (read.kind === 'refund') {
      await judge(scope, event_id, 'ignored', `退款通知 ${read.resource.out_refund_no}`, event_id)
      return GOOD
    }
    const p = read.resource
    const done = await settle(scope, { channel_id, out_trade_no: p.out_trade_no, provider_txn: p.provider_txn, captured_fen: p.amount_fen, paid_at: p.paid_at.toISOString() })
    if (done.kind === 'mismatch') {
      await judge(scope, event_id, 'mismatch', `${done.why}(订单 ${p.out_trade_no})`, event_id)
      return fail(400, done.why)
    }
    await judge(scope, event_id, done.kind === 'settled' ? 'accepted' : 'duplicate', null, read.event_key)
    return GOOD
  })
}

/** Raw bytes, because the signature is over them; no session, because the signature is the only proof. */
export async function registerPaymentRoutes(f: FastifyInstance, app: App): Promise<void> {
  await f.register(async (own) => {
    own.removeAllContentTypeParsers()
    own.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_MAX }, (_req, body, done) => done(null, body))
    own.post<{ Params: { ref: string } }>('/pay/notify/:ref', { bodyLimit: BODY_MAX }, async (req, reply) => {
      let answer: NotifyAnswer
      try {
        answer = await takeNotice(app, req.params.ref, req.headers, Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0))
      } catch (error) {
        // The evidence, if it was kept, stays 'received'; the provider comes again, and the query job asks by itself.
        log('error', 'a notice could not be settled', { ref: req.params.ref, error: String(error), stack: error instanceof Error ? error.stack : undefined })
        answer = fail(500, '系统繁忙')
      }
      return answer.body ? reply.status(answer.status).send(answer.body) : reply.status(answer.status).send()
    })
  })
}
