// Writing the register: a community once a district, indicators that the authority holds, and who manages it from which day, one at a time (tenure_once).
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { supervision } from '../contract.ts'
import { shown } from '../shown.ts'
import { alone, authorityOf, placeToChange } from './access.ts'
import { districtsOf } from './config.ts'

export async function districtLives(scope: Scope, district_id: string): Promise<string> {
  const d = (await districtsOf(scope)).find((x) => x.district_id === district_id)
  if (!d) throw scope.notFound()
  if (d.retired) throw scope.refuse('supervision.district_over', { name: d.name })
  return d.path
}
export async function freeName(scope: Scope, district_id: string, name: string, place_id: string | null): Promise<void> {
  const { rows } = await sql`select from supervision.place where company_id = ${scope.company_id} and district_id = ${district_id} and name = ${name} and place_id is distinct from ${place_id}::uuid`.execute(scope.db)
  if (rows.length > 0) throw scope.refuse('supervision.place_taken', { name })
}
interface Firm { firm_id: string; name: string; retired: boolean }
export async function firmToRead(scope: Scope, firm_id: string): Promise<Firm> {
  const { rows } = await sql<Firm>`select firm_id, name, retired_at is not null as retired from supervision.firm where company_id = ${scope.company_id} and firm_id = ${firm_id} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export async function overlaps(scope: Scope, place_id: string, from_on: string): Promise<string | undefined> {
  const { rows } = await sql<{ holder: string }>`select coalesce(f.name, t.holder) as holder from supervision.tenure t left join supervision.firm f on f.company_id = ${scope.company_id} and f.firm_id = t.firm_id where t.company_id = ${scope.company_id} and t.place_id = ${place_id} and daterange(t.from_on, t.to_on, '[]') && daterange(${from_on}::date, null, '[]') order by t.from_on desc limit 1`.execute(scope.db)
  return rows[0]?.holder
}
export const registerAnswers = [
  answer(supervision.savePlace, async (scope, { request_id: _r, dry_run: _d, place_id: given, ...o }) => {
    await authorityOf(scope)
    await alone(scope, 'names')
    const before = given ? await placeToChange(scope, given) : undefined
    const place_id = given ?? uuidv7()
    await districtLives(scope, o.district_id)
    await freeName(scope, o.district_id, o.name, place_id)
    const values = { ...o, address: o.address || null, note: o.note || null, changed_by: scope.who.account_id, changed_at: scope.now }
    if (before) await scope.db.updateTable('supervision.place').set(values).where('company_id', '=', scope.company_id).where('place_id', '=', place_id).execute()
    else await scope.db.insertInto('supervision.place').values({ company_id: scope.company_id, place_id, ...values, created_at: scope.now }).execute()
    scope.note('place', place_id, { name: o.name, ...(before && before.name !== o.name ? { before: before.name } : {}) })
    return { place_id }
  }),
  answer(supervision.retirePlace, async (scope, o) => {
    const p = await placeToChange(scope, o.place_id)
    const holder = await overlaps(scope, o.place_id, scope.today)
    if (holder) throw scope.refuse('supervision.place_held', { name: p.name, holder })
    await scope.db.updateTable('supervision.place').set({ retired_at: scope.now, retire_reason: o.reason, changed_at: scope.now, changed_by: scope.who.account_id }).where('company_id', '=', scope.company_id).where('place_id', '=', o.place_id).execute()
    scope.note('place', o.place_id, { name: p.name, retired: o.reason })
    return { place_id: o.place_id }
  }),
  answer(supervision.setFact, async (scope, o) => {
    const p = await placeToChange(scope, o.place_id)
    const fact_id = uuidv7()
    await scope.db.insertInto('supervision.fact').values({ company_id: scope.company_id, fact_id, place_id: o.place_id, code: o.code, answer: o.answer, said: o.said, import_id: null, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('place', o.place_id, { name: p.name, fact: shown('code', o.code), answer: shown('answer', o.answer), said: o.said })
    return { fact_id }
  }),
  answer(supervision.startTenure, async (scope, o) => {
    const p = await placeToChange(scope, o.place_id)
    if (o.from_on > scope.today) throw scope.refuse('supervision.day_future', { day: o.from_on })
    if (o.until_on && o.until_on < o.from_on) throw scope.refuse('supervision.days_crossed', { earlier: `起 ${o.from_on}`, later: `期限 ${o.until_on}` })
    if (o.kind === 'company' && !o.firm_id) throw scope.refuse('supervision.firm_needed')
    if (o.kind !== 'company' && !o.holder) throw scope.refuse('supervision.holder_needed')
    // A public office stands in for a time: the law of the place says how long, the term says until when.
    if (o.kind === 'office' && !o.until_on) throw scope.refuse('supervision.until_needed')
    const firm = o.kind === 'company' ? await firmToRead(scope, o.firm_id!) : undefined
    if (firm?.retired) throw scope.refuse('supervision.firm_retired', { name: firm.name })
    const held = await overlaps(scope, o.place_id, o.from_on)
    if (held) throw scope.refuse('supervision.tenure_overlaps', { name: p.name, holder: held })
    const tenure_id = uuidv7()
    await scope.db.insertInto('supervision.tenure').values({ company_id: scope.company_id, tenure_id, place_id: o.place_id, kind: o.kind, firm_id: firm?.firm_id ?? null, holder: firm ? null : o.holder, from_on: o.from_on, to_on: null, until_on: o.until_on, basis: o.basis, end_reason: null, made_by_name: scope.who.name, made_at: scope.now, ended_by_name: null }).execute()
    scope.note('place', o.place_id, { name: p.name, managed_by: shown('managed_by', o.kind), holder: firm?.name ?? o.holder, from_on: o.from_on, until_on: o.until_on })
    return { tenure_id }
  }),
  answer(supervision.endTenure, async (scope, o) => {
    await authorityOf(scope)
    const { rows } = await sql<{ place_id: string; name: string; from_on: string; to_on: string | null }>`select t.place_id, p.name, t.from_on, t.to_on from supervision.tenure t join supervision.place p on p.company_id = ${scope.company_id} and p.place_id = t.place_id where t.company_id = ${scope.company_id} and t.tenure_id = ${o.tenure_id} for update of t`.execute(scope.db)
    const t = rows[0]
    if (!t) throw scope.notFound()
    if (t.to_on) throw scope.refuse('supervision.tenure_over', { day: t.to_on })
    if (o.to_on < t.from_on) throw scope.refuse('supervision.days_crossed', { earlier: `起 ${t.from_on}`, later: `最后一天 ${o.to_on}` })
    if (o.to_on > scope.today) throw scope.refuse('supervision.day_future', { day: o.to_on })
    await scope.db.updateTable('supervision.tenure').set({ to_on: o.to_on, end_reason: o.reason, ended_by_name: scope.who.name }).where('company_id', '=', scope.company_id).where('tenure_id', '=', o.tenure_id).execute()
    scope.note('place', t.place_id, { name: t.name, ended: o.to_on, reason: o.reason })
    return { tenure_id: o.tenure_id }
  }),
]
