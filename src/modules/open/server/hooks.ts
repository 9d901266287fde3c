// What happened is told to other systems: a row a hook and event in the transaction of the listener, sent by a job, tried eight times within some seventeen minutes, and kept
// on the record either way. Signed: t=<seconds>,v1=<HMAC-SHA256 of "t.body">; while a secret is being changed both sign.
import { createHmac, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { answer, type JobKind, type Listener, type Work } from '../../../kernel/app.ts'
import { nowMs } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { openText, sealText } from '../../../kernel/seal.ts'
import { reportAct } from '../../iot/server/index.ts'
import { EVENTS, open, type DeliveryRow, type HookRow } from '../contract.ts'
import { communitiesThere, SCOPE_TEXT, wholeCompany } from './keys.ts'
import { post, wayTo } from './outbound.ts'

const HOOKS_MAX = 50
export const TRIES_MAX = 8
const OLD_HOURS = 24
const newSecret = (): string => `hys_${randomBytes(32).toString('base64url')}`
export const signature = (secrets: readonly string[], at_s: number, body: string): string => [`t=${at_s}`, ...secrets.map((s) => `v1=${createHmac('sha256', s).update(`${at_s}.${body}`).digest('hex')}`)].join(',')

interface Hook {
  hook_id: string
  name: string
  url: string
  secret: string
  old_secret: string | null
  old_live: boolean
  stopped: boolean
}
async function hookOf(scope: Scope, hook_id: string): Promise<Hook> {
  wholeCompany(scope)
  const { rows } = await sql<Hook>`select hook_id, name, url, secret, old_secret, old_until > ${scope.now}::timestamptz as old_live, stopped_at is not null as stopped from open.hook where company_id = ${scope.company_id} and hook_id = ${hook_id} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
function send(scope: Scope, delivery_id: string): void {
  scope.later({ name: 'open.deliver', payload: { delivery_id }, attempts_max: TRIES_MAX })
}
/** Of what place an event is: its own word for it, or the order's. */
async function communityOf(scope: Scope, payload: Record<string, unknown>): Promise<string | null> {
  if (typeof payload['community_id'] === 'string') return payload['community_id']
  if (typeof payload['order_id'] !== 'string') return null
  const { rows } = await sql<{ community_id: string }>`select community_id from orders.work_order where company_id = ${scope.company_id} and order_id = ${payload['order_id']}`.execute(scope.db)
  return rows[0]?.community_id ?? null
}
async function heard(scope: Scope, event: string, payload: Record<string, unknown>): Promise<void> {
  const c = scope.company_id
  const event_id = String(payload['event_id'])
  const { rows: any } = await sql`select 1 from open.hook where company_id = ${c} and stopped_at is null and ${event} = any(events) limit 1`.execute(scope.db)
  if (any.length === 0) return fired(scope, event, payload, 0)
  const community_id = await communityOf(scope, payload)
  const { event_id: _, ...data } = payload
  const { rows } = await sql<{ delivery_id: string }>`insert into open.delivery (company_id, delivery_id, hook_id, event_id, event, payload, made_at, state, tries_count)
    select ${c}::bigint, gen_random_uuid(), h.hook_id, ${event_id}::uuid, ${event}, ${JSON.stringify({ ...data, ...(community_id ? { community_id } : {}) })}::jsonb, ${scope.now}::timestamptz, 'waiting', 0 from open.hook h where h.company_id = ${c} and h.stopped_at is null and ${event} = any(h.events) and (cardinality(h.community_ids) = 0 or ${community_id}::uuid = any(h.community_ids)) on conflict do nothing returning delivery_id`.execute(scope.db)
  for (const r of rows) send(scope, r.delivery_id)
  await fired(scope, event, payload, rows.length)
}
/** "Why did it fire" of a rule shows to how many it was told; whether each took it stands in the record of deliveries. */
async function fired(scope: Scope, event: string, payload: Record<string, unknown>, count: number): Promise<void> {
  if (event === 'iot.rule_fired' && typeof payload['act_no'] === 'number') await reportAct(scope, { fire_id: String(payload['fire_id']), act_no: payload['act_no'], state: count > 0 ? 'done' : 'failed', told: count > 0 ? `已交给 ${count} 个外部系统,逐个结果见「推送记录」` : '没有外部系统订阅「规则触发」' })
}
export const listeners: Listener[] = EVENTS.map((event) => ({ name: `open.${event}`, event, run: (scope, payload) => heard(scope, event, payload) }))

interface ToSend extends Hook {
  event_id: string
  event: string
  payload: Record<string, unknown>
  made_at: string
  state: string
}
/** Nothing of the database is held while the other system takes its time. */
async function deliver(w: Work): Promise<void> {
  const delivery_id = String(w.payload['delivery_id'])
  const c = w.company_id
  const d = await w.tx(async (scope) => (await sql<ToSend>`select x.event_id, x.event, x.payload, x.made_at, x.state, h.hook_id, h.name, h.url, h.secret, h.old_secret, h.old_until > ${scope.now}::timestamptz as old_live, h.stopped_at is not null as stopped from open.delivery x join open.hook h on h.company_id = ${c} and h.hook_id = x.hook_id where x.company_id = ${c} and x.delivery_id = ${delivery_id}`.execute(scope.db)).rows[0])
  if (!d || d.state === 'done' || d.stopped) return
  const body = JSON.stringify({ id: d.event_id, event: d.event, at: d.made_at, company_id: c, data: d.payload })
  const secrets = [openText(d.secret), ...(d.old_live && d.old_secret ? [openText(d.old_secret)] : [])]
  const sent = await post(d.url, { 'content-type': 'application/json', 'user-agent': 'heyuan-hook', 'x-heyuan-event': d.event, 'x-heyuan-id': d.event_id, 'x-heyuan-signature': signature(secrets, Math.floor(nowMs() / 1000), body) }, body)
  const tries = await w.tx(async (scope) => (await sql<{ tries_count: number }>`update open.delivery set tries_count = tries_count + 1, tried_at = ${scope.now}, status_code = ${sent.status_code}::int, took_ms = ${sent.took_ms}::int, why = ${sent.why}, state = case when ${sent.why === null} then 'done' when (tries_count + 1) % ${TRIES_MAX}::int = 0 then 'failed' else 'waiting' end where company_id = ${c} and delivery_id = ${delivery_id} returning tries_count`.execute(scope.db)).rows[0]!.tries_count)
  if (sent.why !== null) throw new Error(`not delivered (${tries}): ${sent.why}`)
}
export const jobs: JobKind[] = [{ name: 'open.deliver', run: deliver }]

const COUNT = (c: number, state: string, now: string) => sql<number>`(select count(*)::int from open.delivery d where d.company_id = ${c} and d.hook_id = h.hook_id and d.state = ${state} and d.made_at > ${now}::timestamptz - interval '7 days')`
const saveAnswers = [
  answer(open.saveHook, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    const before = o.hook_id ? await hookOf(scope, o.hook_id) : null
    await communitiesThere(scope, o.community_ids)
    const way = await wayTo(o.url)
    if (!way.ok) throw scope.refuse('open.url_barred', { why: way.why })
    const same = await sql`select 1 from open.hook where company_id = ${c} and name = ${o.name} and hook_id is distinct from ${o.hook_id ?? null}::uuid`.execute(scope.db)
    if (same.rows.length) throw scope.refuse('open.name_taken', { name: o.name })
    const n = (await sql<{ n: number }>`select count(*)::int as n from open.hook where company_id = ${c}`.execute(scope.db)).rows[0]!.n
    if (!before && n >= HOOKS_MAX) throw scope.refuse('open.hooks_many', { max: HOOKS_MAX })
    const hook_id = o.hook_id ?? uuidv7()
    const secret = before ? null : newSecret()
    const values = { name: o.name, url: o.url, events: [...new Set(o.events)], community_ids: [...new Set(o.community_ids)], changed_by: scope.who.account_id, changed_at: scope.now }
    if (before) await scope.db.updateTable('open.hook').set(values).where('company_id', '=', c).where('hook_id', '=', hook_id).execute()
    else await scope.db.insertInto('open.hook').values({ company_id: c, hook_id, secret: sealText(secret!), ...values }).execute()
    scope.note('hook', hook_id, { name: o.name, url: o.url, events: o.events })
    return { hook_id, key_secret: secret }
  }),
  answer(open.stopHook, async (scope, o) => {
    const before = await hookOf(scope, o.hook_id)
    await scope.db.updateTable('open.hook').set({ stopped_at: o.stopped ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }).where('company_id', '=', scope.company_id).where('hook_id', '=', o.hook_id).execute()
    scope.note('hook', o.hook_id, { name: before.name, stopped: o.stopped })
    return { hook_id: o.hook_id }
  }),
  answer(open.rotateSecret, async (scope, o) => {
    const before = await hookOf(scope, o.hook_id)
    const secret = newSecret()
    const old_until = new Date(Date.parse(scope.now) + OLD_HOURS * 3_600_000).toISOString()
    await scope.db.updateTable('open.hook').set({ secret: sealText(secret), old_secret: before.secret, old_until, changed_by: scope.who.account_id, changed_at: scope.now }).where('company_id', '=', scope.company_id).where('hook_id', '=', o.hook_id).execute()
    scope.note('hook', o.hook_id, { name: before.name, secret: 'rotated' })
    return { hook_id: o.hook_id, key_secret: secret, old_until }
  }),
]
export const hookAnswers = [
  answer(open.hooks, async (scope) => {
    wholeCompany(scope)
    const c = scope.company_id
    const { rows } = await sql<HookRow>`select h.hook_id, h.name, h.url, h.events, h.community_ids, ${SCOPE_TEXT(c, 'h.community_ids')} as scope_text, h.stopped_at is not null as stopped, case when h.old_until > ${scope.now}::timestamptz then h.old_until end as old_until, ${COUNT(c, 'done', scope.now)} as done_count, ${COUNT(c, 'failed', scope.now)} as failed_count, ${COUNT(c, 'waiting', scope.now)} as waiting_count, (select max(d.tried_at) from open.delivery d where d.company_id = ${c} and d.hook_id = h.hook_id) as last_at from open.hook h where h.company_id = ${c} order by h.name limit ${HOOKS_MAX}`.execute(scope.db)
    return { rows }
  }),
  answer(open.deliveries, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    const where = sql`d.company_id = ${c} and d.hook_id = ${o.hook_id} ${o.state ? sql`and d.state = ${o.state}` : sql``}`
    const [page, n] = await Promise.all([
      sql<DeliveryRow>`select d.delivery_id, d.event_id, d.event, d.payload::text as payload, d.made_at, d.state, d.tries_count, d.tried_at, d.status_code, d.took_ms, d.why from open.delivery d where ${where} order by d.made_at desc, d.delivery_id limit ${o.page_size} offset ${(o.page - 1) * o.page_size}`.execute(scope.db),
      sql<{ n: number }>`select count(*)::int as n from open.delivery d where ${where}`.execute(scope.db),
    ])
    return { rows: page.rows, total: n.rows[0]!.n }
  }),
  answer(open.testHook, async (scope, o) => {
    const h = await hookOf(scope, o.hook_id)
    if (h.stopped) throw scope.refuse('open.hook_stopped', { name: h.name })
    const delivery_id = uuidv7()
    await scope.db.insertInto('open.delivery').values({ company_id: scope.company_id, delivery_id, hook_id: o.hook_id, event_id: uuidv7(), event: 'ping', payload: JSON.stringify({ hook: h.name }), made_at: scope.now, state: 'waiting', tries_count: 0 }).execute()
    send(scope, delivery_id)
    return { delivery_id }
  }),
  answer(open.redeliver, async (scope, o) => {
    wholeCompany(scope)
    const { rows } = await sql<{ state: string; hook_id: string }>`select state, hook_id from open.delivery where company_id = ${scope.company_id} and delivery_id = ${o.delivery_id} for update`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    if (rows[0].state === 'done') throw scope.refuse('open.delivered')
    const h = await hookOf(scope, rows[0].hook_id)
    if (h.stopped) throw scope.refuse('open.hook_stopped', { name: h.name })
    await sql`update open.delivery set state = 'waiting', tries_count = 0 where company_id = ${scope.company_id} and delivery_id = ${o.delivery_id}`.execute(scope.db)
    send(scope, o.delivery_id)
    return { delivery_id: o.delivery_id }
  }),
  ...saveAnswers,
]
