// Entering, changing, moving: a file with its first assignment, and every later one by date.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { NO_ID, cleanIdNumber, initialsOf, openId, sealId, tailOf, type SealedId } from '../../people/server/index.ts'
import { staff } from '../contract.ts'
import { employeeToChange, employeeToRead, placeToUse } from './access.ts'
import { policyNow } from './config.ts'
import { departmentToUse } from './org.ts'
import { postToUse } from './posts.ts'

/** A transfer that was forgotten may be written down later, not rewritten after the year is over. */
const BACK_DAYS = 92
const SERIES = 'employee'
/** The next number of the company: numbers that somebody typed are passed over. */
export async function drawNos(scope: Scope, prefix: string, count: number): Promise<string[]> {
  const c = scope.company_id
  const typed = await sql<{ n: number }>`select coalesce(max(substring(no from ${prefix.length + 1}::int)::int), 0) as n from staff.employee where company_id = ${c} and no ~ ('^' || ${prefix}::text || '[0-9]{1,6}$')`.execute(scope.db)
  const { rows } = await sql<{ last_no: number }>`insert into staff.series as s (company_id, series, last_no) values (${c}, ${SERIES}, ${typed.rows[0]!.n + count}) on conflict (company_id, series) do update set last_no = greatest(s.last_no, ${typed.rows[0]!.n}::int) + ${count}::int returning last_no`.execute(scope.db)
  return Array.from({ length: count }, (_, i) => `${prefix}${String(rows[0]!.last_no - count + 1 + i).padStart(4, '0')}`)
}
interface IdIn { id_kind?: 'id_card' | 'passport' | 'other' | null | undefined; id_number?: string | null | undefined }
/** Whoever gives the same number or account to somebody at the same time stands in line; the unique keys are the second lock. */
const alone = (scope: Scope, what: string) => sql`select pg_advisory_xact_lock(hashtextextended(${`staff ${scope.company_id} ${what}`}, 0))`.execute(scope.db)
async function sealed(scope: Scope, o: IdIn, but: string | null): Promise<SealedId> {
  if (!o.id_number) return NO_ID
  const clean = cleanIdNumber(o.id_number, o.id_kind)
  if (!clean.ok) throw scope.refuse('staff.bad_id_number', { reason: clean.reason })
  const id = sealId(clean.kind, clean.number)
  await alone(scope, `id ${id.id_number_hash}`)
  const { rows } = await sql<{ employee_id: string; name: string; no: string }>`select employee_id, name, no from staff.employee where company_id = ${scope.company_id} and id_number_hash = ${id.id_number_hash} and left_at is null`.execute(scope.db)
  if (rows[0] && rows[0].employee_id !== but) throw scope.refuse('staff.id_taken', { name: rows[0].name, no: rows[0].no })
  return id
}
/** Linking gives the company's staff office power over an account (it ends with the file), so only the whole company links. */
async function accountToLink(scope: Scope, account_id: string, but: string | null): Promise<void> {
  if (!scope.reach().all) throw scope.refuse('staff.account_hq')
  await alone(scope, `account ${account_id}`)
  const { rows } = await sql<{ employee_id: string | null; name: string; no: string }>`select e.employee_id, e.name, e.no from identity.member m left join staff.employee e on e.company_id = ${scope.company_id} and e.account_id = m.account_id and e.left_at is null where m.company_id = ${scope.company_id} and m.account_id = ${account_id} and m.disabled_at is null`.execute(scope.db)
  if (!rows[0]) throw scope.refuse('staff.account_unknown')
  if (rows[0].employee_id && rows[0].employee_id !== but) throw scope.refuse('staff.account_taken', { name: rows[0].name, no: rows[0].no })
}
interface Seat { post_id: string; department_id: string; community_id: string | null }
async function seatToUse(scope: Scope, o: Seat, day: string): Promise<void> {
  await placeToUse(scope, o.community_id)
  await postToUse(scope, o.post_id)
  await departmentToUse(scope, o.department_id, day)
}
const assign = (scope: Scope, o: Seat & { employee_id: string; from_on: string; kind: 'entry' | 'transfer'; reason: string }) =>
  scope.db.insertInto('staff.assignment').values({ company_id: scope.company_id, assignment_id: uuidv7(), employee_id: o.employee_id, from_on: o.from_on, post_id: o.post_id, department_id: o.department_id, community_id: o.community_id, kind: o.kind, reason: o.reason, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()

export const hireAnswers = [
  answer(staff.accounts, async (scope, { q, page, page_size }) => {
    // Who links: the whole company only; a grant over one community finds nobody here.
    if (!scope.reach().all) return { rows: [], total: 0 }
    const c = scope.company_id
    const where = sql`m.company_id = ${c} and m.disabled_at is null and not exists (select from staff.employee e where e.company_id = ${c} and e.account_id = m.account_id and e.left_at is null) and ${q ? sql`(position(${q} in m.name) > 0 or position(${q} in a.login) > 0)` : sql`true`}`
    const { rows } = await sql<{ account_id: string; name: string; login: string; post: string | null }>`select m.account_id, m.name, coalesce(a.login, '') as login, m.post from identity.member m join identity.account a on a.account_id = m.account_id where ${where} order by m.name, m.account_id limit ${page_size} offset ${(page - 1) * page_size}`.execute(scope.db)
    const { rows: n } = await sql<{ n: number }>`select count(*)::int as n from identity.member m join identity.account a on a.account_id = m.account_id where ${where}`.execute(scope.db)
    return { rows, total: n[0]!.n }
  }),
  answer(staff.hire, async (scope, o) => {
    const c = scope.company_id
    await seatToUse(scope, o, o.entered_on)
    if (o.probation_to_on && o.probation_to_on < o.entered_on) throw scope.refuse('staff.probation_order', { from: o.entered_on, to: o.probation_to_on })
    const id = await sealed(scope, o, null)
    if (o.account_id) await accountToLink(scope, o.account_id, null)
    const no = o.no ? o.no.toUpperCase() : (await drawNos(scope, (await policyNow(scope)).no_prefix, 1))[0]!
    const employee_id = uuidv7()
    const made = await scope.db.insertInto('staff.employee').values({ company_id: c, employee_id, no, name: o.name, initials: initialsOf(o.name), phone: o.phone ?? null, phone_tail: tailOf(o.phone), ...id, emergency_name: o.emergency_name || null, emergency_phone: o.emergency_phone ?? null, account_id: o.account_id ?? null, entered_on: o.entered_on, probation_to_on: o.probation_to_on ?? null, note: o.note || null, created_by_name: scope.who.name, created_at: scope.now, changed_at: scope.now }).onConflict((x) => x.columns(['company_id', 'no']).doNothing()).returning('employee_id').executeTakeFirst()
    if (!made) {
      const other = await scope.db.selectFrom('staff.employee').select('name').where('company_id', '=', c).where('no', '=', no).executeTakeFirst()
      throw scope.refuse('staff.no_taken', { no, name: other?.name ?? '' })
    }
    await assign(scope, { ...o, employee_id, from_on: o.entered_on, kind: 'entry', reason: '入职' })
    scope.note('employee', employee_id, { no, name: o.name, entered_on: o.entered_on, post_id: o.post_id, account: o.account_id ?? null })
    scope.emit('staff.hired', employee_id, { employee_id, community_id: o.community_id, account_id: o.account_id ?? null })
    return { employee_id, no }
  }),
  answer(staff.saveEmployee, async (scope, o) => {
    const c = scope.company_id
    const e = await employeeToChange(scope, o.employee_id)
    if (o.probation_to_on && o.probation_to_on < e.entered_on) throw scope.refuse('staff.probation_order', { from: e.entered_on, to: o.probation_to_on })
    // An empty number leaves the one that is there; null takes it away.
    const id = o.id_number === undefined || o.id_number === '' ? {} : await sealed(scope, o, e.employee_id)
    if (o.account_id !== undefined && o.account_id !== e.account_id) {
      if (!scope.reach().all) throw scope.refuse('staff.account_hq')
      if (o.account_id) await accountToLink(scope, o.account_id, e.employee_id)
    }
    const phone = o.phone === undefined ? e.phone : o.phone
    await scope.db.updateTable('staff.employee').set({
      name: o.name, initials: initialsOf(o.name), phone, phone_tail: tailOf(phone), ...id, changed_at: scope.now,
      ...(o.emergency_name !== undefined ? { emergency_name: o.emergency_name || null } : {}), ...(o.emergency_phone !== undefined ? { emergency_phone: o.emergency_phone } : {}), ...(o.note !== undefined ? { note: o.note || null } : {}), ...(o.probation_to_on !== undefined ? { probation_to_on: o.probation_to_on } : {}), ...(o.account_id !== undefined ? { account_id: o.account_id } : {}),
    }).where('company_id', '=', c).where('employee_id', '=', e.employee_id).execute()
    scope.note('employee', e.employee_id, { before: { name: e.name, probation_to_on: e.probation_to_on, account_id: e.account_id }, after: { name: o.name, probation_to_on: o.probation_to_on ?? e.probation_to_on, account_id: o.account_id === undefined ? e.account_id : o.account_id }, phone_changed: phone !== e.phone, id_changed: 'id_number_hash' in id && id.id_number_hash !== e.id_number_hash })
    return { employee_id: e.employee_id }
  }),
  answer(staff.reveal, async (scope, { employee_id }) => {
    const e = await employeeToRead(scope, employee_id)
    scope.note('employee', employee_id, { revealed: 'numbers', name: e.name })
    return { phone: e.phone, id_kind: e.id_kind, id_number: openId(e.id_number_sealed), emergency_phone: e.emergency_phone }
  }),
  answer(staff.transfer, async (scope, o) => {
    const e = await employeeToChange(scope, o.employee_id)
    if (o.from_on <= e.entered_on) throw scope.refuse('staff.before_entry', { name: e.name, day: e.entered_on })
    if (e.left_on && o.from_on > e.left_on) throw scope.refuse('staff.after_leaving', { name: e.name, day: e.left_on })
    if (o.from_on < addDays(scope.today, -BACK_DAYS)) throw scope.refuse('staff.transfer_old', { days: BACK_DAYS })
    await seatToUse(scope, o, o.from_on)
    const { rows: same } = await sql<{ post: string }>`select t.name as post from staff.assignment a join staff.post t on t.company_id = ${scope.company_id} and t.post_id = a.post_id where a.company_id = ${scope.company_id} and a.employee_id = ${e.employee_id} and a.from_on = ${o.from_on}::date and a.voided_at is null`.execute(scope.db)
    if (same[0]) throw scope.refuse('staff.same_day', { day: o.from_on, post: same[0].post })
    await assign(scope, { ...o, employee_id: e.employee_id, kind: 'transfer' })
    scope.note('employee', e.employee_id, { name: e.name, transfer: { from_on: o.from_on, post_id: o.post_id, department_id: o.department_id, community_id: o.community_id, reason: o.reason } })
    scope.emit('staff.transferred', e.employee_id, { employee_id: e.employee_id, from_on: o.from_on, community_id: o.community_id })
    return { employee_id: e.employee_id }
  }),
  answer(staff.voidTransfer, async (scope, o) => {
    const c = scope.company_id
    const e = await employeeToChange(scope, o.employee_id)
    const { rows } = await sql<{ kind: string; from_on: string; voided_at: string | null; community_id: string | null }>`select kind, from_on, voided_at, community_id from staff.assignment where company_id = ${c} and employee_id = ${e.employee_id} and assignment_id = ${o.assignment_id} for update`.execute(scope.db)
    const a = rows[0]
    if (!a) throw scope.notFound()
    if (a.kind === 'entry') throw scope.refuse('staff.entry_stays')
    if (a.voided_at) throw scope.refuse('staff.voided_already')
    const done = await sql`update staff.assignment set voided_at = ${scope.now}, voided_by_name = ${scope.who.name}, voided_reason = ${o.reason} where company_id = ${c} and assignment_id = ${o.assignment_id}`.execute(scope.db)
    assert(done.numAffectedRows === 1n, 'one assignment')
    scope.note('employee', e.employee_id, { name: e.name, voided_transfer: a.from_on, reason: o.reason })
    return { employee_id: e.employee_id }
  }),
]
