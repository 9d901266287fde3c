// Calls and visits: the record, and with it, in one transaction, the repair order or the complaint that came of it.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { dayStart } from '../../../kernel/days.ts'
import type { Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { openFor } from '../../orders/server/index.ts'
import { refundDeposit, takeDepositAt } from '../../payment/server/index.ts'
import { masked, personToRead } from '../../people/server/index.ts'
import { communityToChange, houseToRead, housesLike, housesSeenBy } from '../../property/server/index.ts'
import { care, type ContactFilter, type ContactRow } from '../contract.ts'
import { words } from '../words.ts'
import { reaches } from './access.ts'
import { kindFor } from './config.ts'
import { bring } from './create.ts'
import { and } from './list.ts'

const COUNT_MAX = 10_000
const EXCEL_MAX = 20_000
export const contactsSeenBy = (scope: Scope): RawBuilder<SqlBool> => housesSeenBy(scope, { alias: 'o' })
export const OPEN_CONTACT = sql<SqlBool>`(o.done_at is null and o.outcome in ('callback','lodged'))`
const LATE = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(${OPEN_CONTACT} and (o.call_back_at < ${scope.now}::timestamptz or o.due_on < ${scope.today}::date))`

export function contactConditions(scope: Scope, f: ContactFilter): RawBuilder<unknown>[] {
  const p: RawBuilder<unknown>[] = [contactsSeenBy(scope)]
  if (f.way) p.push(sql`o.way = ${f.way}`)
  if (f.topic) p.push(sql`o.topic = ${f.topic}`)
  if (f.outcome) p.push(sql`o.outcome = ${f.outcome}`)
  if (f.open) p.push(OPEN_CONTACT)
  if (f.community_id) p.push(sql`o.community_id = ${f.community_id}`)
  if (f.house_id) p.push(sql`o.house_id = ${f.house_id}`)
  if (f.created_by) p.push(sql`o.created_by = ${f.created_by}`)
  if (f.from_on) p.push(sql`o.created_at >= ${dayStart(f.from_on)}`)
  if (f.to_on) p.push(sql`o.created_at < ${dayStart(f.to_on, 1)}`)
  if (f.q) p.push(found(scope, f.q))
  return p
}
function found(scope: Scope, q: string): RawBuilder<SqlBool> {
  const t = q.normalize('NFKC').trim()
  if (/^LX\d{4}-?\d+$/i.test(t)) return sql<SqlBool>`o.no like ${`${t.toUpperCase()}%`}`
  if (/^1\d{10}$/.test(t)) return sql<SqlBool>`o.caller_phone = ${t}`
  return sql<SqlBool>`(o.words like ${`%${t}%`} or o.item like ${`%${t}%`} or o.caller_name like ${`${t}%`} or o.house_id in (select h.house_id from property.house h where h.company_id = ${scope.company_id} and ${housesLike(t)}))`
}
type Raw = Omit<ContactRow, 'caller_phone_masked' | 'can'> & { caller_phone: string | null; community_id: string; building_id: string | null }
const FIELDS = (scope: Scope) => sql`o.contact_id, o.no, o.way, o.topic, o.community_id, o.building_id, c.name as community_name, h.label, o.house_id, o.caller_name, o.caller_phone, o.words, o.outcome, o.answer, o.order_id, w.no as order_no, o.complaint_id, x.no as complaint_no, o.item, o.due_on, o.call_back_at, o.done_at, d.name as done_by_name, o.done_note, o.seconds, m.name as created_by_name, o.created_at, coalesce(${LATE(scope)}, false) as late,
  case when dp.deposit_id is not null then jsonb_build_object('deposit_id', dp.deposit_id, 'deposit_no', dp.deposit_no, 'amount_fen', dp.amount_fen, 'left_fen', dp.held_fen - dp.pending_fen) end as deposit`
const NAMES = (c: number) => sql`left join payment.deposit dp on dp.company_id = ${c} and dp.deposit_id = o.deposit_id join property.community c on c.company_id = ${c} and c.community_id = o.community_id left join property.house h on h.company_id = ${c} and h.house_id = o.house_id left join orders.work_order w on w.company_id = ${c} and w.order_id = o.order_id left join care.complaint x on x.company_id = ${c} and x.complaint_id = o.complaint_id
  left join identity.member m on m.company_id = ${c} and m.account_id = o.created_by left join identity.member d on d.company_id = ${c} and d.account_id = o.done_by`
const NEWEST = sql`o.created_at desc, o.contact_id`

type In = Out<typeof care.saveContact.takes>
/** What each outcome must say. */
function checkParts(scope: Scope, o: In): void {
  const missing = o.outcome === 'answered' ? !o.answer : o.outcome === 'order' ? !o.order : o.outcome === 'complaint' ? !o.kind_id : o.outcome === 'callback' ? !o.call_back_at : o.outcome === 'lodged' ? !o.item : !o.answer
  if (missing) throw scope.refuse('care.outcome_parts', { what: { answered: '答复', order: '报修分类', complaint: '投诉类别', callback: '约定回电时间', lodged: '物品', passed: '转告了谁(写在答复里)' }[o.outcome] })
  if ((o.outcome === 'lodged') !== (o.topic === 'lodge' || o.topic === 'borrow')) throw scope.refuse('care.outcome_parts', { what: '事由与结果:寄存、借用的结果须为「寄存借用」' })
  if (o.call_back_at && new Date(o.call_back_at).toISOString() <= scope.now) throw scope.refuse('care.due_past')
  if (o.due_on && o.due_on < scope.today) throw scope.refuse('care.due_past')
}

/** What is lent may be lent against a deposit: taken and booked by the call of the payments, in the same transaction. */
async function lent(scope: Scope, o: In, at: { community_id: string; building_id: string | null; house_id: string | null }, payer_name: string | null): Promise<string | null> {
  if (!o.deposit) return null
  if (o.topic !== 'borrow') throw scope.refuse('care.outcome_parts', { what: '押金只用于借用' })
  if (!at.house_id) throw scope.refuse('care.deposit_house')
  if (!reaches(scope, 'payment.payment.take', at)) throw scope.refuse('care.no_deposit_right')
  return (await takeDepositAt(scope, { house_id: at.house_id, ...o.deposit, ...(payer_name ? { payer_name } : {}), ...(o.due_on ? { return_on: o.due_on } : {}), note: `借用 ${o.item ?? ''}`.slice(0, 100) })).deposit_id
}

const saveContact = answer(care.saveContact, async (scope, o) => {
  checkParts(scope, o)
  const house = o.house_id ? await houseToRead(scope, o.house_id) : await communityToChange(scope, o.community_id).then(() => null)
  const person = o.person_id ? await personToRead(scope, o.person_id) : null
  const at = { community_id: house?.community_id ?? o.community_id, building_id: house?.building_id ?? null, house_id: house?.house_id ?? null }
  const who = { reporter_name: o.caller_name ?? person?.name ?? null, reporter_phone: o.caller_phone ?? person?.phone ?? null, person_id: o.person_id ?? null }
  let order_id: string | null = null
  let complaint_id: string | null = null
  if (o.outcome === 'order') {
    if (!reaches(scope, 'orders.order.create', at)) throw scope.refuse('care.no_order_right')
    order_id = (await openFor(scope, { ...at, ...who, label: house?.label ?? null, place: o.order!.place || null, category_id: o.order!.category_id, words: o.words })).order_id
  }
  if (o.outcome === 'complaint') {
    if (!reaches(scope, 'care.complaint.create', at)) throw scope.refuse('care.no_complaint_right')
    const source = o.way === 'phone' || o.way === 'counter' || o.way === 'wechat' ? o.way : 'other'
    complaint_id = (await bring(scope, await kindFor(scope, o.kind_id!), { ...at, ...who, source, unnamed: false, place: house?.label ?? null, words: o.words, photo_ids: [] })).complaint_id
  }
  const deposit_id = await lent(scope, o, at, who.reporter_name)
  const contact_id = uuidv7()
  const c = scope.company_id
  const year = scope.today.slice(0, 4)
  const { rows } = await sql<{ no: string }>`with drawn as (insert into care.series (company_id, series, last_no) values (${c}, ${`LX-${year}`}, 1) on conflict (company_id, series) do update set last_no = series.last_no + 1 returning last_no)
    insert into care.contact (company_id, contact_id, no, way, topic, community_id, building_id, house_id, person_id, caller_name, caller_phone, words, outcome, answer, order_id, complaint_id, item, due_on, call_back_at, seconds, created_by, created_at, deposit_id)
    select ${c}, ${contact_id}, ${`LX${year}-`}::text || lpad(last_no::text, 6, '0'), ${o.way}, ${o.topic}, ${at.community_id}, ${at.building_id}::uuid, ${at.house_id}::uuid, ${who.person_id}::uuid, ${who.reporter_name}, ${who.reporter_phone}, ${o.words}, ${o.outcome}, ${o.answer || null}, ${order_id}::uuid, ${complaint_id}::uuid, ${o.outcome === 'lodged' ? o.item! : null}, ${o.outcome === 'lodged' ? (o.due_on ?? null) : null}::date, ${o.outcome === 'callback' ? new Date(o.call_back_at!).toISOString() : null}::timestamptz, ${o.seconds ?? null}::int, ${scope.who.account_id}, ${scope.now}, ${deposit_id}::uuid from drawn returning no`.execute(scope.db)
  scope.note('contact', contact_id, { no: rows[0]!.no, topic: o.topic, outcome: o.outcome })
  return { contact_id, no: rows[0]!.no, order_id, complaint_id }
})

const contacts = answer(care.contacts, async (scope, f) => {
  const c = scope.company_id
  const where = and(contactConditions(scope, f))
  const base = and(contactConditions(scope, { ...f, open: undefined }))
  const n = (w: RawBuilder<SqlBool>) => sql`(select count(*)::int from (select 1 from care.contact o where o.company_id = ${c} and ${w} limit ${COUNT_MAX}) z)`
  const [{ rows }, counted] = await Promise.all([
    sql<Raw>`with page as materialized (select o.* from care.contact o where o.company_id = ${c} and ${where} order by ${NEWEST} limit ${f.page_size} offset ${(f.page - 1) * f.page_size}) select ${FIELDS(scope)} from page o ${NAMES(c)} order by ${NEWEST}`.execute(scope.db),
    sql<{ total: number; open_count: number; late_count: number }>`select ${n(where)} as total, ${n(and([OPEN_CONTACT, base]))} as open_count, ${n(and([LATE(scope), base]))} as late_count`.execute(scope.db),
  ])
  const { total, ...counts } = counted.rows[0]!
  return { rows: rows.map((r) => shown(scope, r)), total, ...counts }
})
function shown(scope: Scope, { caller_phone, community_id, building_id, ...r }: Raw): ContactRow {
  const finish: true | string = !reaches(scope, 'care.contact.write', { community_id, building_id }) ? 'kernel.forbidden' : r.done_at === null && (r.outcome === 'callback' || r.outcome === 'lodged') ? true : 'care.contact_done'
  return { ...r, caller_phone_masked: masked(caller_phone), can: { finish } }
}

const finishContact = answer(care.finishContact, async (scope, { contact_id, note, refund }) => {
  const { rows } = await sql<{ no: string; open: boolean; community_id: string; building_id: string | null; deposit_id: string | null; item: string | null }>`select o.no, o.community_id, o.building_id, o.deposit_id, o.item, ${OPEN_CONTACT} as open from care.contact o where o.company_id = ${scope.company_id} and o.contact_id = ${contact_id} and ${contactsSeenBy(scope)} for update`.execute(scope.db)
  const o = rows[0]
  if (!o) throw scope.notFound()
  if (!o.open) throw scope.refuse('care.contact_done', { no: o.no })
  await sql`update care.contact set done_at = ${scope.now}, done_by = ${scope.who.account_id}, done_note = ${note} where company_id = ${scope.company_id} and contact_id = ${contact_id}`.execute(scope.db)
  if (refund && o.deposit_id) {
    if (!reaches(scope, 'payment.refund.ask', o)) throw scope.refuse('care.no_deposit_right')
    const left = await sql<{ left_fen: number }>`select (held_fen - pending_fen)::bigint as left_fen from payment.deposit where company_id = ${scope.company_id} and deposit_id = ${o.deposit_id}`.execute(scope.db)
    if (left.rows[0] && left.rows[0].left_fen > 0) await refundDeposit(scope, { deposit_id: o.deposit_id, amount_fen: left.rows[0].left_fen, reason: `归还 ${o.item ?? ''}(${o.no})`, ...refund })
  }
  scope.note('contact', contact_id, { no: o.no, done: true })
  return { contact_id }
})

const contactsExcel = answerFile(care.contactsExcel, async (scope, f) => {
  const { rows } = await sql<Raw>`select ${FIELDS(scope)} from care.contact o ${NAMES(scope.company_id)} where o.company_id = ${scope.company_id} and ${and(contactConditions(scope, f))} order by ${NEWEST} limit ${EXCEL_MAX + 1}`.execute(scope.db)
  if (rows.length > EXCEL_MAX) throw scope.refuse('care.too_many_rows', { max: EXCEL_MAX })
  const said = (of: string, code: string): string => words.states![of]![code] ?? code
  const body = await writeSheet({
    sheets: [{
      name: '来电来访',
      columns: [...['登记号', '时间', '方式', '事由', '小区', '房号', '姓名', '电话', '内容', '结果', '答复', '工单号', '投诉编号', '物品', '应取回', '约定回电', '办结时间', '说明', '登记人'].map((title) => ({ title, kind: 'text' as const })), { title: '用时(秒)', kind: 'int' as const }],
      rows: rows.map((r) => [r.no, minuteText(r.created_at), said('contact_way', r.way), said('topic', r.topic), r.community_name, r.label, r.caller_name, masked(r.caller_phone), r.words, said('outcome', r.outcome), r.answer, r.order_no, r.complaint_no, r.item, r.due_on, minuteText(r.call_back_at), minuteText(r.done_at), r.done_note, r.created_by_name, r.seconds]),
    }],
  })
  return { name: `来电来访_${scope.today}.xlsx`, type: XLSX, body }
})
export const contactAnswers = [saveContact, contacts, finishContact, contactsExcel]
