// A template message (模板消息) of a message: the job 'messages.send_wechat' writes its record, asks WeChat, writes the outcome; the report that WeChat
// pushes later (wechat_push.ts) is the proof of delivery. Whatever ends without proof is told as 'messages.wechat_ended', so that the next channel is used.
import { sql } from 'kysely'
import { answer, type App, type JobKind, type Work } from '../../../kernel/app.ts'
import { nowMs } from '../../../kernel/clock.ts'
import { dayStart } from '../../../kernel/days.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { maskMobile } from '../../../kernel/mask.ts'
import { messages } from '../contract.ts'
import type { WechatSend } from '../contract_wechat.ts'
import { wholeCompany } from './access.ts'
import { fitValue } from './rules/mp_codes.ts'
import { allTemplates, fillText } from './templates.ts'
import { liveAccount, mappingsOf, wechatOn, type WechatAccount } from './wechat_account.ts'
import { withToken } from './wechat_token.ts'

/** WeChat drops a repeated number for ten minutes; later a repetition would be a second message. */
const REPEAT_MS = 9 * 60_000
/** A report comes within seconds; without one after so long the next channel is used. */
const REPORT_MINUTES = 30
const LATE_MAX = 500

export interface WechatAsk {
  phone: string
  template: string
  params: Readonly<Record<string, string | number>>
  link: string | null
  message_id: string
}

/** Who of these can be reached through the account now: bound, not known as not following, with a template in force, and the day's calls not used up. Keys `template phone`. */
export async function wechatReach(scope: Scope, pairs: readonly { template: string; phone: string }[]): Promise<Set<string>> {
  const c = scope.company_id
  if (pairs.length === 0) return new Set()
  const on = await sql<{ appid: string }>`select w.appid from messages.wechat w left join messages.wechat_token t on t.company_id = ${c} and t.appid = w.appid where w.company_id = ${c} and w.enabled_at is not null and (t.quota_until is null or t.quota_until <= ${scope.now})`.execute(scope.db)
  if (!on.rows[0]) return new Set()
  const mapped = await mappingsOf(scope, pairs.map((p) => p.template))
  if (mapped.size === 0) return new Set()
  const { rows } = await sql<{ phone: string }>`select distinct b.phone from messages.wechat_binding b where b.company_id = ${c} and b.phone = any(${[...new Set(pairs.map((p) => p.phone))]}::text[]) and b.appid = ${on.rows[0].appid} and b.unbound_at is null and b.follows is distinct from false`.execute(scope.db)
  const phones = new Set(rows.map((r) => r.phone))
  return new Set(pairs.filter((p) => mapped.has(p.template) && phones.has(p.phone)).map((p) => `${p.template} ${p.phone}`))
}

/** What the official account can do for one person with one text: `unbound`: it would, were his WeChat bound. */
export async function wechatFor(scope: Scope, template: string, phone: string): Promise<'ready' | 'unbound' | 'none'> {
  if ((await wechatReach(scope, [{ template, phone }])).size) return 'ready'
  return (await wechatOn(scope)) && (await mappingsOf(scope, [template])).size ? 'unbound' : 'none'
}

interface Prepared {
  send_id: string
  state: string
  created_at: string
  account: WechatAccount | null
  openid: string | null
  template_id: string | null
  fields: Record<string, string>
  sign: string
}
async function prepare(app: App, scope: Scope, job_id: number, o: WechatAsk): Promise<Prepared> {
  const c = scope.company_id
  const account = await liveAccount(app, scope)
  const mapping = (await mappingsOf(scope, [o.template])).get(o.template)
  const who = account ? (await sql<{ openid: string }>`select openid from messages.wechat_binding where company_id = ${c} and phone = ${o.phone} and appid = ${account.appid} and unbound_at is null order by bound_at desc limit 1`.execute(scope.db)).rows[0] : undefined
  const sign = (await sql<{ sign: string }>`select short_name as sign from identity.company where company_id = ${c}`.execute(scope.db)).rows[0]!.sign
  const made = await sql<{ send_id: string; state: string; created_at: string }>`insert into messages.wechat_send (company_id, send_id, job_id, message_id, phone, appid, openid, template, template_id, state, created_at)
    values (${c}, ${uuidv7()}, ${job_id || null}, ${o.message_id}, ${o.phone}, ${account?.appid ?? ''}, ${who?.openid ?? null}, ${o.template}, ${mapping?.template_id ?? null}, 'sending', ${scope.now})
    on conflict (company_id, job_id) where job_id is not null do nothing returning send_id, state, created_at`.execute(scope.db)
  const row = made.rows[0] ?? (await sql<{ send_id: string; state: string; created_at: string }>`select send_id, state, created_at from messages.wechat_send where company_id = ${c} and job_id = ${job_id}`.execute(scope.db)).rows[0]!
  return { ...row, account, openid: who?.openid ?? null, template_id: mapping?.template_id ?? null, fields: mapping?.fields ?? {}, sign }
}

type End = { state: 'undeliverable' | 'failed' | 'unknown'; code?: number; failure: string }
/** Only what is still open ends: the report may have been quicker than the answer. */
export async function endSend(scope: Scope, send_id: string, o: End | { state: 'delivered'; report: string }): Promise<void> {
  const { rows } = await sql<{ message_id: string | null }>`update messages.wechat_send set state = ${o.state}, code = ${'code' in o ? (o.code ?? null) : null}, failure = ${'failure' in o ? o.failure : null}, report = ${'report' in o ? o.report : sql`report`}, ended_at = ${scope.now}
    where company_id = ${scope.company_id} and send_id = ${send_id} and state in ('sending','sent') returning message_id`.execute(scope.db)
  if (rows[0]) scope.emit('messages.wechat_ended', rows[0].message_id ?? send_id, { send_id, message_id: rows[0].message_id, state: o.state })
}

export const REPORT = 'TEMPLATESENDJOBFINISH'
/** success | failed:user block | failed: system failed */
export async function applyReport(scope: Scope, appid: string, msgid: string, status: string): Promise<void> {
  const { rows } = await sql<{ send_id: string }>`select send_id from messages.wechat_send where company_id = ${scope.company_id} and appid = ${appid} and msgid = ${msgid} for update`.execute(scope.db)
  if (!rows[0]) return
  const blocked = status.includes('block')
  await endSend(scope, rows[0].send_id, status === 'success' ? { state: 'delivered', report: status } : { state: blocked ? 'undeliverable' : 'failed', failure: blocked ? '业主拒收公众号消息' : `微信没有送达(${status.slice(0, 60)})` })
}

/** Answer and report of one message one after the other: side by side neither would see what the other has not committed, and the report would be lost. */
export const oneAtATime = (scope: Scope, appid: string, msgid: string): Promise<unknown> => sql`select pg_advisory_xact_lock(hashtextextended(${`messages.wechat ${scope.company_id} ${appid} ${msgid}`}, 0))`.execute(scope.db)

/** Accepted. A report that came before this answer waits among the events. */
export async function accepted(scope: Scope, send_id: string, appid: string, msgid: string): Promise<void> {
  await oneAtATime(scope, appid, msgid)
  await sql`update messages.wechat_send set state = 'sent', msgid = nullif(${msgid}, ''), sent_at = ${scope.now} where company_id = ${scope.company_id} and send_id = ${send_id} and state = 'sending'`.execute(scope.db)
  const early = await sql<{ status: string | null }>`select status from messages.wechat_event where company_id = ${scope.company_id} and msgid = ${msgid} and event = ${REPORT} limit 1`.execute(scope.db)
  if (early.rows[0]) await applyReport(scope, appid, msgid, early.rows[0].status ?? '')
}

/** China's midnight, when the day's calls begin anew. */
const nextDay = (scope: Scope) => dayStart(scope.today, 1)

async function sendOne(app: App, company_id: number, job_id: number, o: WechatAsk): Promise<Record<string, unknown>> {
  const system = <T>(run: (s: Scope) => Promise<T>) => asSystem(app, company_id, 'job.messages.send_wechat', run)
  const p = await system((s) => prepare(app, s, job_id, o))
  const ended = async (end: End): Promise<Record<string, unknown>> => {
    await system((s) => endSend(s, p.send_id, end))
    return { send_id: p.send_id, state: end.state }
  }
  if (p.state !== 'sending') return { send_id: p.send_id, state: p.state }
  const a = p.account
  if (!a || !p.openid || !p.template_id) return ended({ state: 'undeliverable', failure: !a ? '公众号未启用' : p.openid ? '没有可用的微信模板' : '没有绑定微信' })
  if (nowMs() - Date.parse(p.created_at) > REPEAT_MS) return ended({ state: 'unknown', failure: '微信没有答复' })
  const data = Object.fromEntries(Object.entries(p.fields).map(([f, text]) => [f, { value: fitValue(f, fillText(text, { sign: p.sign, ...o.params })) }]))
  const base = a.web_origin ?? process.env['HEYUAN_PUBLIC_URL']
  const message = { touser: p.openid, template_id: p.template_id, client_msg_id: p.send_id.replaceAll('-', ''), ...(base && o.link ? { url: `${base}/resident${o.link}` } : {}), data }
  const r = await withToken(app, a, (token) => a.mp.send(token, message))
  if (r.kind === 'unknown') throw new Error(`wechat: ${r.cause}`) // the worker asks again, with the same number
  if (r.kind === 'refused') {
    if (r.meaning === 'quota') await system(async (s) => void (await sql`update messages.wechat_token set quota_until = ${nextDay(s)} where company_id = ${company_id} and appid = ${a.appid}`.execute(s.db)))
    return ended({ state: r.meaning === 'undeliverable' ? 'undeliverable' : 'failed', code: r.code, failure: r.detail })
  }
  await system((s) => accepted(s, p.send_id, a.appid, r.msgid))
  return { send_id: p.send_id, state: 'sent' }
}

export const wechatJob = (app: () => App): JobKind => ({ name: 'messages.send_wechat', run: (work: Work) => sendOne(app(), work.company_id, work.job_id, work.payload as unknown as WechatAsk) })

/** What has waited too long for an answer or a report. */
export async function endLate(scope: Scope): Promise<void> {
  const before = new Date(Date.parse(scope.now) - REPORT_MINUTES * 60_000).toISOString()
  const { rows } = await sql<{ send_id: string; message_id: string | null }>`update messages.wechat_send set state = 'unknown', failure = case state when 'sent' then '微信没有回执' else '微信没有答复' end, ended_at = ${scope.now}
    where company_id = ${scope.company_id} and send_id in (select send_id from messages.wechat_send where company_id = ${scope.company_id} and state in ('sending','sent') and created_at < ${before} order by created_at limit ${LATE_MAX}) and state in ('sending','sent') returning send_id, message_id`.execute(scope.db)
  for (const r of rows) scope.emit('messages.wechat_ended', r.message_id ?? r.send_id, { send_id: r.send_id, message_id: r.message_id, state: 'unknown' })
}

export const wechatSends = answer(messages.wechatSends, async (scope, f) => {
  wholeCompany(scope)
  let q = scope.db.selectFrom('messages.wechat_send').where('company_id', '=', scope.company_id)
  if (f.state) q = q.where('state', '=', f.state)
  if (f.template) q = q.where('template', '=', f.template)
  if (f.phone) q = q.where('phone', '=', f.phone)
  if (f.from_on) q = q.where('created_at', '>=', dayStart(f.from_on))
  if (f.to_on) q = q.where('created_at', '<', dayStart(f.to_on, 1))
  const { total } = await scope.db.selectFrom(q.select('send_id').limit(10_000).as('x')).select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const rows = await q.select(['send_id', 'created_at', 'phone', 'template', 'state', 'failure', 'msgid', 'report', 'sent_at', 'ended_at']).orderBy('created_at', 'desc').orderBy('send_id', 'desc').limit(f.page_size).offset((f.page - 1) * f.page_size).execute()
  const zh = new Map(allTemplates().map((t) => [t.code, t.zh]))
  return { rows: rows.map(({ phone, template, ...r }) => ({ ...r, phone_masked: maskMobile(phone), template_zh: zh.get(template) ?? template, state: r.state as WechatSend['state'] })), total, templates: [...zh].map(([code, name]) => ({ code, zh: name })) }
})
