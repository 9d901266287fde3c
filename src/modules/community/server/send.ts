// Sending and reminding, in batches: each batch its own transaction with the mark how far it came, so that a job that runs again goes on where it stood and tells nobody twice. Quiet hours are messages' own.
import { sql } from 'kysely'
import type { JobKind, Work } from '../../../kernel/app.ts'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { activeOn, ties } from '../../people/server/index.ts'
import { notify, type Notice as Told } from '../../messages/server/index.ts'
import { community } from '../contract.ts'
import { leadOf } from '../text.ts'
import { noticeHeld, noticeToChange, type Notice } from './access.ts'
import { nextHouses, peopleSql } from './audience.ts'

/** A household has a dozen persons at most: far below what one call of messages takes. */
const HOUSES_AT_ONCE = 100
const PERSONS_AT_ONCE = 500
type Reader = { house_id: string; person_id: string; phone: string | null }
async function saying(scope: Scope, n: Notice): Promise<{ community: string; kind: string; title: string; lead: string }> {
  const c = scope.company_id
  const { rows } = await sql<{ community: string; kind: string }>`select m.name as community, k.name as kind from property.community m, community.kind k where m.company_id = ${c} and m.community_id = ${n.community_id} and k.company_id = ${c} and k.kind_id = ${n.kind_id}`.execute(scope.db)
  return { ...rows[0]!, title: n.title, lead: leadOf(n.body) }
}
/** One phone is told once, however many houses it stands for. */
async function tell(scope: Scope, n: Notice, list: readonly Reader[], o: { template: string; key: string; sms: boolean }): Promise<void> {
  const params = await saying(scope, n)
  const phones = new Map(list.flatMap((r) => (r.phone ? [[r.phone, r.house_id] as const] : [])))
  await notify(scope, [...phones].map(([phone, house_id]): Told => ({ to: { phone }, template: o.template, params, sms: o.sms, link: `/notices/${n.notice_id}`, house_id, dedupe_key: `${o.key}:${n.notice_id}:${phone}` })))
}
/** Gives whether there is more. What was withdrawn meanwhile goes to nobody else. */
async function sendBatch(scope: Scope, notice_id: string): Promise<boolean> {
  const c = scope.company_id
  const n = await noticeHeld(scope, notice_id)
  if (n.state !== 'published' || n.sent_at !== null) return false
  const houses = await nextHouses(scope, n, HOUSES_AT_ONCE)
  if (houses.length > 0) {
    const { rows } = await sql<Reader>`with hs as materialized (select unnest(${houses}::uuid[]) as house_id), who as materialized (${peopleSql(scope, n.roles)}),
        kept as (insert into community.notice_reader (company_id, notice_id, house_id, person_id, role, sent_at) select ${c}::bigint, ${notice_id}::uuid, w.house_id, w.person_id, w.role, case when w.phone is null then null else ${scope.now}::timestamptz end from who w on conflict (company_id, notice_id, house_id, person_id) do update set sent_at = coalesce(notice_reader.sent_at, excluded.sent_at))
      select house_id, person_id, phone from who order by house_id, person_id`.execute(scope.db)
    await tell(scope, n, rows, { template: 'notice_told', key: 'community.notice', sms: n.by_sms })
  }
  const more = houses.length === HOUSES_AT_ONCE
  await scope.db.updateTable('community.notice').set({ ...(houses.length ? { send_after: houses.at(-1)! } : {}), ...(more ? {} : { sent_at: scope.now }) }).where('company_id', '=', c).where('notice_id', '=', notice_id).execute()
  return more
}
export const sendJob: JobKind = {
  name: 'community.send',
  run: async (w: Work) => {
    const notice_id = String(w.payload['notice_id'])
    while ((await w.tx((scope) => sendBatch(scope, notice_id))) && !(await w.stopped()));
  },
}

const UNREAD = sql`r.read_at is null and r.sent_at is not null`
const remind = answer(community.remindUnread, async (scope, { notice_id }) => {
  const n = await noticeToChange(scope, notice_id, ['published'])
  if (n.valid_until_on && n.valid_until_on < scope.today) throw scope.refuse('community.wrong_state', { title: n.title, state: '已过期' })
  if (n.sent_at === null) throw scope.refuse('community.still_sending')
  if (n.reminded_on === scope.today) throw scope.refuse('community.reminded_today')
  const { rows } = await sql<{ n: number }>`select count(distinct r.person_id)::int as n from community.notice_reader r where r.company_id = ${scope.company_id} and r.notice_id = ${notice_id} and ${UNREAD}`.execute(scope.db)
  if (rows[0]!.n === 0) throw scope.refuse('community.all_read')
  await scope.db.updateTable('community.notice').set({ reminded_on: scope.today }).where('company_id', '=', scope.company_id).where('notice_id', '=', notice_id).execute()
  scope.later({ name: 'community.remind', payload: { notice_id, day: scope.today }, lane: `community:${notice_id}` })
  scope.note('notice', notice_id, { title: n.title, reminded: rows[0]!.n })
  return { person_count: rows[0]!.n }
})
interface After {
  house_id: string
  person_id: string
}
/** Whoever has moved out since is left alone. */
async function remindBatch(scope: Scope, o: { notice_id: string; day: string }, after: After | null): Promise<After | null> {
  const c = scope.company_id
  const n = await noticeHeld(scope, o.notice_id)
  if (n.state !== 'published') return null
  const { rows } = await sql<Reader>`select r.house_id, r.person_id, p.phone from community.notice_reader r join people.person p on p.company_id = ${c} and p.person_id = r.person_id
    where r.company_id = ${c} and r.notice_id = ${o.notice_id} and ${UNREAD} ${after ? sql`and (r.house_id, r.person_id) > (${after.house_id}::uuid, ${after.person_id}::uuid)` : sql``} and exists (select from ${ties(scope)} l where l.house_id = r.house_id and l.person_id = r.person_id and ${activeOn('l', scope.today)})
    order by r.house_id, r.person_id limit ${PERSONS_AT_ONCE}`.execute(scope.db)
  if (rows.length === 0) return null
  await sql`update community.notice_reader r set reminded_at = ${scope.now} from unnest(${rows.map((r) => r.house_id)}::uuid[], ${rows.map((r) => r.person_id)}::uuid[]) as x(house_id, person_id) where r.company_id = ${c} and r.notice_id = ${o.notice_id} and r.house_id = x.house_id and r.person_id = x.person_id`.execute(scope.db)
  await tell(scope, n, rows, { template: 'notice_remind', key: `community.remind.${o.day}`, sms: false })
  return rows.length === PERSONS_AT_ONCE ? rows.at(-1)! : null
}
export const remindJob: JobKind = {
  name: 'community.remind',
  run: async (w: Work) => {
    const o = { notice_id: String(w.payload['notice_id']), day: String(w.payload['day']) }
    let after: After | null = null
    do after = await w.tx((scope) => remindBatch(scope, o, after))
    while (after !== null && !(await w.stopped()))
  },
}
export const sendAnswers = [remind]
