// A message pushed to one browser: the job 'messages.push' writes its record, asks the push service, writes the outcome. The message in the app is there
// in any case; one that a crash repeats carries the same id, which the phone shows once; a push that cannot be delivered within the hour is worth nothing and is given up.
import { sql } from 'kysely'
import { answer, type App, type JobKind, type Work } from '../../../kernel/app.ts'
import { nowMs } from '../../../kernel/clock.ts'
import { dayStart } from '../../../kernel/days.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { maskMobile } from '../../../kernel/mask.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { openText } from '../../../kernel/seal.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { messages } from '../contract.ts'
import type { PushSend } from '../contract_push.ts'
import { words } from '../words.ts'
import { wholeCompany } from './access.ts'
import { pushTo, type PushAddress, type PushKeys } from './outside/web_push.ts'
import { pushKeysOf } from './push_devices.ts'

export interface PushAsk {
  device_id: string
  /** null: the trial when it is switched on. */
  message_id: string | null
}
const WORTHLESS_MS = 3600_000
/** The service keeps it so long for a phone that is off. */
const TTL_S = 24 * 3600
const TEXT_MAX = 120
const LATE_MAX = 500

/** Of these readers the browsers that want it: device and the number of the message in the list. */
export async function pushReach(scope: Scope, readers: readonly { phone: string | null; account_id: string | null }[]): Promise<{ at: number; device_id: string }[]> {
  if (readers.length === 0) return []
  const { rows } = await sql<{ at: number; device_id: string }>`select (r.at - 1)::int as at, d.device_id from unnest(${readers.map((r) => r.phone)}::text[], ${readers.map((r) => r.account_id)}::uuid[]) with ordinality as r(phone, account_id, at)
    join messages.push_device d on d.company_id = ${scope.company_id} and d.ended_at is null and (r.phone is not null and d.phone = r.phone or r.account_id is not null and d.account_id = r.account_id) order by r.at, d.device_id`.execute(scope.db)
  return rows
}

interface Prepared {
  send_id: string
  state: string
  created_at: string
  address: PushAddress
  keys: PushKeys
  text: string
  urgent: boolean
}
interface Row { phone: string | null; address_sealed: string; show_text: boolean; alive: boolean; title: string | null; body: string | null; link: string | null; category: keyof typeof CATEGORY | null; read_at: string | null; sign: string }
const CATEGORY = words.states!['category'] as Record<'fee' | 'work' | 'notice' | 'security' | 'system', string>
/** What stands on a locked screen that anybody may look at: without the wish to see more, only what kind of thing it is. */
function shown(r: Row, o: PushAsk): string {
  const trial = o.message_id === null
  const title = trial ? '消息推送已开启' : r.show_text ? r.title! : `${CATEGORY[r.category!]}消息`
  const body = trial ? `${r.sign}的新消息会显示在这里` : r.show_text ? r.body!.slice(0, TEXT_MAX) : '您有一条新消息,点开查看'
  return JSON.stringify({ id: o.message_id ?? o.device_id, title: r.show_text || trial ? title : `${r.sign} ${title}`, body, link: trial ? '/messages' : (r.link ?? '/messages') })
}

async function prepare(scope: Scope, o: PushAsk): Promise<Prepared | null> {
  const c = scope.company_id
  // Whoever has left the company reads nothing more, his telephone neither.
  const { rows } = await sql<Row>`select d.phone, d.address_sealed, d.show_text, (d.phone is not null or exists (select from identity.member b where b.company_id = ${c} and b.account_id = d.account_id and b.disabled_at is null)) as alive,
      m.title, m.body, m.link, m.category, m.read_at, k.short_name as sign
    from messages.push_device d join identity.company k on k.company_id = ${c} left join messages.message m on m.company_id = ${c} and m.message_id = ${o.message_id}
    where d.company_id = ${c} and d.device_id = ${o.device_id} and d.ended_at is null`.execute(scope.db)
  const r = rows[0]
  const keys = await pushKeysOf(scope)
  // Read in the app meanwhile: a telephone that rings for it only annoys.
  if (!r || !keys || !r.alive || r.read_at || (o.message_id !== null && r.title === null)) return null
  const made = await sql<{ send_id: string; state: string; created_at: string }>`insert into messages.push_send (company_id, send_id, message_id, device_id, state, created_at) values (${c}, ${uuidv7()}, ${o.message_id ?? o.device_id}, ${o.device_id}, 'sending', ${scope.now})
    on conflict (company_id, device_id, message_id) do update set state = messages.push_send.state returning send_id, state, created_at`.execute(scope.db)
  return { ...made.rows[0]!, address: JSON.parse(openText(r.address_sealed)) as PushAddress, keys, text: shown(r, o), urgent: r.category === 'security' }
}

async function end(scope: Scope, send_id: string, o: PushAsk, e: { state: 'sent' | 'failed' | 'gone' | 'unknown'; status: number | null; failure: string | null }): Promise<void> {
  const c = scope.company_id
  await sql`update messages.push_send set state = ${e.state}, status = ${e.status}, failure = ${e.failure}, ended_at = ${scope.now} where company_id = ${c} and send_id = ${send_id} and state = 'sending'`.execute(scope.db)
  if (e.state === 'sent') await sql`update messages.push_device set last_sent_at = ${scope.now} where company_id = ${c} and device_id = ${o.device_id}`.execute(scope.db)
  if (e.state === 'gone') await sql`update messages.push_device set ended_at = ${scope.now}, ended_why = '浏览器已取消' where company_id = ${c} and device_id = ${o.device_id} and ended_at is null`.execute(scope.db)
}

async function pushOne(app: App, company_id: number, o: PushAsk): Promise<Record<string, unknown>> {
  const inside = <T>(run: (s: Scope) => Promise<T>) => asSystem(app, company_id, 'job.messages.push', run)
  const p = await inside((s) => prepare(s, o))
  if (!p || p.state !== 'sending') return { state: p?.state ?? 'dropped' }
  if (nowMs() - Date.parse(p.created_at) > WORTHLESS_MS) {
    await inside((s) => end(s, p.send_id, o, { state: 'unknown', status: null, failure: '推送服务一直没有应答' }))
    return { state: 'unknown' }
  }
  const r = await pushTo(p.address, p.keys, { text: p.text, ttl_s: TTL_S, urgent: p.urgent })
  if (r.kind === 'unknown') throw new Error(`push: ${r.cause}`) // the worker asks again
  const failure = r.kind === 'failed' ? r.detail : r.kind === 'gone' ? '浏览器已取消订阅或已卸载' : null
  await inside((s) => end(s, p.send_id, o, { state: r.kind, status: r.status, failure }))
  return { send_id: p.send_id, state: r.kind }
}
export const pushJob = (app: () => App): JobKind => ({ name: 'messages.push', run: (work: Work) => pushOne(app(), work.company_id, work.payload as unknown as PushAsk) })

/** What nobody answered within the hour. */
export async function endLatePushes(scope: Scope): Promise<void> {
  const before = new Date(Date.parse(scope.now) - WORTHLESS_MS).toISOString()
  await sql`update messages.push_send set state = 'unknown', failure = '推送服务一直没有应答', ended_at = ${scope.now}
    where company_id = ${scope.company_id} and send_id in (select send_id from messages.push_send where company_id = ${scope.company_id} and state = 'sending' and created_at < ${before} order by created_at limit ${LATE_MAX}) and state = 'sending'`.execute(scope.db)
}

export const pushSends = answer(messages.pushSends, async (scope, f) => {
  wholeCompany(scope)
  let q = scope.db.selectFrom('messages.push_send as s').where('s.company_id', '=', scope.company_id)
  if (f.state) q = q.where('s.state', '=', f.state)
  if (f.from_on) q = q.where('s.created_at', '>=', dayStart(f.from_on))
  if (f.to_on) q = q.where('s.created_at', '<', dayStart(f.to_on, 1))
  const { total } = await scope.db.selectFrom(q.select('s.send_id').limit(10_000).as('x')).select((e) => e.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const page = q.select(['s.send_id', 's.created_at', 's.state', 's.failure', 's.ended_at', 's.message_id', 's.device_id']).orderBy('s.created_at', 'desc').orderBy('s.send_id', 'desc').limit(f.page_size).offset((f.page - 1) * f.page_size)
  const rows = await scope.db.selectFrom(page.as('p'))
    .innerJoin('messages.push_device as d', (j) => j.onRef('d.device_id', '=', 'p.device_id').on('d.company_id', '=', scope.company_id))
    .leftJoin('messages.message as m', (j) => j.onRef('m.message_id', '=', 'p.message_id').on('m.company_id', '=', scope.company_id))
    .leftJoin('identity.account as a', 'a.account_id', 'd.account_id')
    .select(['p.send_id', 'p.created_at', 'p.state', 'p.failure', 'p.ended_at', 'd.phone', 'd.browser', 'd.service', 'm.title', 'a.name']).orderBy('p.created_at', 'desc').orderBy('p.send_id', 'desc').execute()
  return { rows: rows.map(({ phone, title, name, ...r }) => ({ ...r, state: r.state as PushSend['state'], person: phone ? maskMobile(phone) : (name ?? '—'), title: title ?? '试推送' })), total }
})
