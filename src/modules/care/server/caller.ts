// Who calls, and what is known of his house while he talks: each part only for whoever has the right to it there.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { percentText } from '../../../kernel/percent.ts'
import { activeOn, masked, ties } from '../../people/server/index.ts'
import { houseToRead, housesLike, housesSeenBy } from '../../property/server/index.ts'
import { words as orderWords } from '../../orders/words.ts'
import { care, type CallerHouse, type ContactStat, type ContactStatsFilter } from '../contract.ts'
import { words } from '../words.ts'
import { reaches } from './access.ts'
import { OPEN_CONTACT, contactConditions } from './contacts.ts'
import { and } from './list.ts'
import { rate } from './stats.ts'

const ROWS_MAX = 30
const SHOWN = 5
const findCaller = answer(care.findCaller, async (scope, { q }) => {
  const c = scope.company_id
  const t = q.normalize('NFKC').trim()
  const phone = /^\d{7,}$/.test(t) ? sql<SqlBool>`(p.phone = ${t} or p.phone2 = ${t})` : /^\d{4}$/.test(t) ? sql<SqlBool>`p.phone_tail = ${t}` : null
  const named = sql<SqlBool>`(p.name >= ${t} and p.name < ${`${t}\u{10ffff}`})`
  // A text that is a house lists who lives there, and the house itself where nobody does.
  const hits = sql`(select l.house_id, l.person_id, l.role from ${ties(scope)} l join people.person p on p.company_id = ${c} and p.person_id = l.person_id where ${activeOn('l', scope.today)} and p.kind <> 'developer' and ${phone ?? named}
    union select h.house_id, l.person_id, l.role from property.house h left join ${ties(scope)} l on l.house_id = h.house_id and ${activeOn('l', scope.today)} where h.company_id = ${c} and ${phone && t.length > 4 ? sql<SqlBool>`false` : housesLike(t)})`
  const { rows } = await sql<{ person_id: string | null; name: string | null; phone: string | null; role: string | null; house_id: string; label: string; community_id: string; community_name: string }>`
    select x.person_id, p.name, p.phone, x.role, h.house_id, h.label, h.community_id, k.name as community_name from (select * from ${hits} y limit 200) x join property.house h on h.company_id = ${c} and h.house_id = x.house_id and ${housesSeenBy(scope)} join property.community k on k.company_id = ${c} and k.community_id = h.community_id
      left join people.person p on p.company_id = ${c} and p.person_id = x.person_id order by h.sort_no, h.label, p.name limit ${ROWS_MAX}`.execute(scope.db)
  return { rows: rows.map(({ phone: number, ...r }) => ({ ...r, phone_masked: masked(number) })) }
})

const callerHouse = answer(care.callerHouse, async (scope, { house_id }): Promise<CallerHouse> => {
  const h = await houseToRead(scope, house_id)
  const c = scope.company_id
  const may = (permission: string): boolean => reaches(scope, permission, h)
  const [people, money, orders, complaints, contacts, place] = await Promise.all([
    sql<{ person_id: string; name: string; role: string; phone: string | null }>`select l.person_id, p.name, l.role, p.phone from ${ties(scope)} l join people.person p on p.company_id = ${c} and p.person_id = l.person_id where l.house_id = ${house_id} and ${activeOn('l', scope.today)} order by l.role, p.name limit ${ROWS_MAX}`.execute(scope.db),
    may('billing.bill.read') ? sql<{ open_fen: number; overdue_fen: number; overdue_count: number }>`select coalesce(sum(b.amount_fen - b.paid_fen - b.reduced_fen), 0)::bigint as open_fen, coalesce(sum(b.amount_fen - b.paid_fen - b.reduced_fen) filter (where b.due_on < ${scope.today}::date), 0)::bigint as overdue_fen, (count(*) filter (where b.due_on < ${scope.today}::date))::int as overdue_count from billing.bill b where b.company_id = ${c} and b.house_id = ${house_id} and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen`.execute(scope.db) : null,
    may('orders.order.read') ? briefs(scope, sql`select o.order_id as id, o.no, g.name as kind, left(o.words, 40) as words, o.state, o.created_at as at from orders.work_order o join orders.category g on g.company_id = ${c} and g.category_id = o.category_id where o.company_id = ${c} and o.house_id = ${house_id} and o.state in ('waiting','assigned','accepted','working','suspended') order by o.created_at desc limit ${SHOWN}`) : null,
    may('care.complaint.read') ? briefs(scope, sql`select o.complaint_id as id, o.no, k.name as kind, left(o.words, 40) as words, o.state, o.created_at as at from care.complaint o join care.kind k on k.company_id = ${c} and k.kind_id = o.kind_id where o.company_id = ${c} and o.house_id = ${house_id} and o.state in ('new','assigned','handling','answered') order by o.created_at desc limit ${SHOWN}`) : null,
    may('care.contact.read') ? briefs(scope, sql`select o.contact_id as id, o.no, o.topic as kind, left(o.words, 40) as words, o.outcome as state, o.created_at as at from care.contact o where o.company_id = ${c} and o.house_id = ${house_id} order by o.created_at desc limit ${SHOWN}`) : null,
    sql<{ name: string }>`select name from property.community where company_id = ${c} and community_id = ${h.community_id}`.execute(scope.db),
  ])
  const zh = (of: Record<string, string> | undefined) => (b: Brief): Brief => ({ ...b, state: of?.[b.state] ?? b.state })
  return {
    house_id, label: h.label, community_id: h.community_id, community_name: place.rows[0]!.name, area: h.built_area_m2, people: people.rows.map(({ phone, ...p }) => ({ ...p, phone_masked: masked(phone) })), arrears: money?.rows[0] ?? null,
    orders: orders?.map(zh(orderWords.states!['state'])) ?? null, complaints: complaints?.map(zh(words.states!['state'])) ?? null, contacts: contacts?.map((b) => ({ ...zh(words.states!['outcome'])(b), kind: words.states!['topic']![b.kind] ?? b.kind })) ?? null,
  }
})
type Brief = NonNullable<CallerHouse['orders']>[number]
const briefs = async (scope: Scope, q: RawBuilder<unknown>): Promise<Brief[]> => (await sql<Brief>`${q}`.execute(scope.db)).rows

const GROUP: Record<ContactStatsFilter['by'], { key: RawBuilder<unknown>; name: RawBuilder<unknown>; words?: string }> = {
  day: { key: sql`to_char(o.created_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD')`, name: sql`to_char(o.created_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD')` },
  topic: { key: sql`o.topic`, name: sql`o.topic`, words: 'topic' },
  way: { key: sql`o.way`, name: sql`o.way`, words: 'contact_way' },
  outcome: { key: sql`o.outcome`, name: sql`o.outcome`, words: 'outcome' },
  person: { key: sql`o.created_by::text`, name: sql`m.name` },
  community: { key: sql`o.community_id::text`, name: sql`c.name` },
}
type Counts = Omit<ContactStat, 'answered_bp' | 'name'> & { name: string | null; whole: boolean }
async function stats(scope: Scope, { by, ...f }: ContactStatsFilter): Promise<{ rows: ContactStat[]; all: ContactStat }> {
  const g = GROUP[by]
  const c = scope.company_id
  const n = (name: string, w: RawBuilder<SqlBool>) => sql`(count(*) filter (where ${w}))::int as ${sql.ref(name)}`
  const is = (column: string, value: string) => sql<SqlBool>`${sql.ref(`o.${column}`)} = ${value}`
  const { rows } = await sql<Counts>`select ${g.key} as key, ${g.name} as name, grouping(${g.key}) = 1 as whole, count(*)::int as all_count, ${n('phone_count', is('way', 'phone'))}, ${n('counter_count', is('way', 'counter'))}, ${n('answered_count', is('outcome', 'answered'))}, ${n('order_count', is('outcome', 'order'))}, ${n('complaint_count', is('outcome', 'complaint'))}, ${n('callback_count', is('outcome', 'callback'))}, ${n('lodged_count', is('outcome', 'lodged'))}, ${n('open_count', OPEN_CONTACT)}
    from care.contact o join property.community c on c.company_id = ${c} and c.community_id = o.community_id left join identity.member m on m.company_id = ${c} and m.account_id = o.created_by where o.company_id = ${c} and ${and(contactConditions(scope, f))} group by grouping sets ((1, 2), ()) order by whole desc, all_count desc, name limit 500`.execute(scope.db)
  const shown = ({ whole: _, name, ...r }: Counts): ContactStat => ({ ...r, name: (g.words && name ? words.states![g.words]![name] : name) ?? '—', answered_bp: rate(r.answered_count, r.all_count) })
  const list = rows.filter((r) => !r.whole).map(shown)
  return { rows: by === 'day' ? list.toSorted((a, b) => (b.key ?? '').localeCompare(a.key ?? '')) : list, all: { ...shown(rows.find((r) => r.whole)!), key: null, name: '合计' } }
}
export const callerAnswers = [
  findCaller,
  callerHouse,
  answer(care.contactStats, stats),
  answerFile(care.contactStatsExcel, async (scope, f) => {
    const { rows, all } = await stats(scope, f)
    const n = (title: string) => ({ title, kind: 'int' as const })
    const line = (r: ContactStat) => [r.name, r.all_count, r.phone_count, r.counter_count, r.answered_count, r.order_count, r.complaint_count, r.callback_count, r.lodged_count, r.open_count, percentText(r.answered_bp)]
    const body = await writeSheet({ sheets: [{ name: '来电来访统计', columns: [{ title: '分组', kind: 'text' }, ...['件数', '来电', '来访', '当场答复', '转工单', '转投诉', '待回电', '寄存借用', '未了'].map(n), { title: '当场答复率', kind: 'text' }], rows: [...rows.map(line), line(all)] }] })
    return { name: `来电来访统计_${f.from_on}至${f.to_on}.xlsx`, type: XLSX, body }
  }),
]
