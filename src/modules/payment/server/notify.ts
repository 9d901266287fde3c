// POST /pay/notify/<ref>: the channel's word. Evidence first and committed, then the signature, then settle(). Whatever is wrong stays in
// the list 渠道通知 for a person to see, and the provider is told FAIL so that it comes again.
import type { FastifyInstance } from 'fastify'
import type { App } from '../../../kernel/app.ts'
import { nowIso, nowMs } from '../../../kernel/clock.ts'
import { crashpoint } from '../../../kernel/crashpoint.ts'
import { inTransaction, writeOnce } from '../../../kernel/db.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { log } from '../../../kernel/log.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import { system as systemWho } from '../../../kernel/scope.ts'
import { auditRefusal } from '../../../kernel/serve.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { batcher } from './batch.ts'
import { channelRow, openChannel, readRef, type ChannelRow } from './channels.ts'
import type { HeaderBag, NotifyFault, NotifyResult } from './outside/channel.ts'
import { refundInBackground } from './refund_channel.ts'
import { settleMany, type Captured } from './settle.ts'

const BODY_MAX = 64 * 1024
type Verdict = 'accepted' | 'duplicate' | 'bad_signature' | 'mismatch' | 'ignored'
export interface NotifyAnswer {
  status: number
  body: { code: string; message: string } | null
  /** Instead of status and body, where the provider listens for a word. */
  word?: 'success' | 'fail'
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

interface Kept {
  channel_id: string
  event_id: string
  headers: HeaderBag
  body: Buffer
}
const KEEP = `with here as materialized (select company_id, channel_id, kind, name, simulated, config_sealed, enabled_at from payment.channel where company_id = $1 and channel_id = any($2::uuid[])),
  kept as (insert into payment.channel_event (company_id, event_id, channel_id, event_key, headers, body, verdict, received_at)
    select h.company_id, e.event_id, e.channel_id, e.event_id::text, e.headers, e.body, 'received', $3::timestamptz
    from jsonb_to_recordset($4::jsonb) as e(event_id uuid, channel_id uuid, headers jsonb, body text) join here h on h.channel_id = e.channel_id)
  select * from here`
/** The rows as they came, in a transaction of their own, one message; gives each one's channel, or null when there is none. */
async function keep(app: App, company_id: number, items: readonly Kept[]): Promise<(ChannelRow | null)[]> {
  const rows = items.map((i) => ({ event_id: i.event_id, channel_id: i.channel_id, headers: kept(i.headers), body: i.body.toString('utf8').replaceAll('\u0000', '') }))
  const found = await writeOnce<ChannelRow>(app.d, company_id, { name: 'notice_keep', text: KEEP, values: [company_id, [...new Set(items.map((i) => i.channel_id))], nowIso(), JSON.stringify(rows)] })
  const channels = new Map(found.map((x) => [x.channel_id, x]))
  return items.map((i) => channels.get(i.channel_id) ?? null)
}

interface Read {
  event_id: string
  /** A verdict already known, or a word to settle. */
  found: { verdict: Verdict; note: string; answer: NotifyAnswer } | { word: Captured; event_key: string }
}
const JUDGE = `update payment.channel_event e set verdict = j.verdict, note = j.note, event_key = j.event_key
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as j(event_id, verdict, note, event_key) where e.company_id = $1 and e.event_id = j.event_id`
/** Verdicts are written in the transaction of the settlements. */
async function act(app: App, company_id: number, items: readonly Read[]): Promise<NotifyAnswer[]> {
  return asSystem(app, company_id, 'payment.settle', async (scope) => {
    const words = items.flatMap((i) => ('word' in i.found ? [i.found.word] : []))
    const settled = words.length > 0 ? await settleMany(scope, words) : []
    let next = 0
    const judged = items.map(({ event_id, found }) => {
      if (!('word' in found)) return { event_id, verdict: found.verdict, note: found.note as string | null, event_key: event_id, answer: found.answer }
      const done = settled[next++]!
      if (done.kind === 'mismatch') return { event_id, verdict: 'mismatch', note: `${done.why}(订单 ${found.word.out_trade_no})`, event_key: event_id, answer: fail(400, done.why) }
      return { event_id, verdict: done.kind === 'settled' ? 'accepted' : 'duplicate', note: null, event_key: found.event_key, answer: GOOD }
    })
    scope.last(scope.client.query({ name: 'notice_judge', text: JUDGE, values: [company_id, judged.map((j) => j.event_id), judged.map((j) => j.verdict), judged.map((j) => j.note), judged.map((j) => j.event_key)] }))
    return judged.map((j) => j.answer)
  }, null, { by_key: true })
}

const BATCH = { max: 50, at_once: 2, waiting_max: 2000, patience_ms: 100 }
interface Gates {
  keep: (company_id: number, item: Kept) => Promise<ChannelRow | null>
  act: (company_id: number, item: Read) => Promise<NotifyAnswer>
}
const gates = new WeakMap<App, Gates>()
function gatesOf(app: App): Gates {
  let g = gates.get(app)
  if (!g) gates.set(app, (g = { keep: batcher((c: number, items: readonly Kept[]) => keep(app, c, items), BATCH), act: batcher((c: number, items: readonly Read[]) => act(app, c, items), BATCH) }))
  return g
}

function readNotice(read: NotifyResult, channel_id: string): Read['found'] {
  if (!read.ok) {
    const fault = FAULTS[read.reason]
    return { verdict: fault.verdict, note: fault.note, answer: fault.status === 204 ? GOOD : fail(fault.status, fault.verdict === 'bad_signature' ? '验签失败' : fault.note) }
  }
  if (read.kind !== 'paid') return { verdict: 'ignored', note: `退款通知 ${read.resource.out_refund_no ?? read.resource.out_trade_no}`, answer: GOOD }
  const p = read.resource
  return { event_key: read.event_key, word: { channel_id, out_trade_no: p.out_trade_no, provider_txn: p.provider_txn, captured_fen: p.amount_fen, paid_at: p.paid_at.toISOString() } }
}

/** One notice from its bytes to the answer; the route and tests call it. */
export async function takeNotice(app: App, ref: string, headers: HeaderBag, body: Buffer): Promise<NotifyAnswer> {
  const at = readRef(ref)
  if (!at) return fail(404, '没有这个地址')
  const { company_id, channel_id } = at
  if (flooded(ref)) {
    const row = await inTransaction(app.d, { company_id, readOnly: true }, ({ db }) => channelRow({ db, company_id }, channel_id))
    if (!row || !openChannel(app, row).channel.verifyNotify(headers, body, new Date(nowMs())).ok) return fail(401, '验签失败')
  }
  const event_id = uuidv7()
  const row = await gatesOf(app).keep(company_id, { channel_id, event_id, headers, body })
  if (!row) return fail(404, '没有这个地址')
  crashpoint('notice.kept')
  const { channel } = openChannel(app, row)
  const read = channel.verifyNotify(headers, body, new Date(nowMs()))
  const found = readNotice(read, channel_id)
  if ('verdict' in found && found.verdict === 'bad_signature') countBad(ref)
  const answer = await gatesOf(app).act(company_id, { event_id, found })
  // The evidence is the record; the audit says that somebody tried. A flood ends above, before it fills either.
  if ('verdict' in found && (found.verdict === 'bad_signature' || found.verdict === 'mismatch'))
    await auditRefusal(app, { who: { ...systemWho, name: '支付渠道' }, company_id, input: { channel_id, event_id, note: found.note } }, 'payment.notice', new Refusal('payment.notice_refused'))
  // What a notice says of a refund is a hint: the query says how it stands.
  if (read.ok && read.kind !== 'paid' && read.resource.out_refund_no) refundInBackground(app, company_id, read.resource.out_refund_no)
  return channel.acknowledge === 'text' ? { ...answer, word: answer.status === 204 ? 'success' : 'fail' } : answer
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
      if (answer.word) return reply.status(200).type('text/plain').send(answer.word)
      return answer.body ? reply.status(answer.status).send(answer.body) : reply.status(answer.status).send()
    })
  })
}
