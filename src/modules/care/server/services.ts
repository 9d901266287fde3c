// What may be applied for, with its forms and steps by version.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { care, type FormField, type FormStep, type Service } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { departmentFor } from './people.ts'
import { formFault } from './rules/form.ts'
import { shippedServices } from './rules/services.ts'

const ROWS_MAX = 200
async function writeShippedServices(scope: Scope): Promise<boolean> {
  const c = scope.company_id
  const list = JSON.stringify(shippedServices(c))
  const made = await sql`insert into care.service (company_id, service_id, name, sort_no, changed_by, changed_at) select ${c}, x.service_id, x.name, x.sort_no, null, ${scope.now} from jsonb_to_recordset(${list}::jsonb) as x(service_id uuid, name text, sort_no int) where not exists (select from care.service s where s.company_id = ${c}) on conflict do nothing returning 1`.execute(scope.db)
  if (made.rows.length === 0) return false
  await sql`insert into care.service_version (company_id, version_id, service_id, version_no, from_on, intro, fields, steps, permit, permit_hours, show_arrears, created_by, created_at)
    select ${c}, x.version_id, x.service_id, 1, '2000-01-01', x.intro, x.fields, x.steps, x.permit, x.permit_hours, x.show_arrears, null, ${scope.now} from jsonb_to_recordset(${list}::jsonb) as x(version_id uuid, service_id uuid, intro text, fields jsonb, steps jsonb, permit boolean, permit_hours int, show_arrears boolean) on conflict do nothing`.execute(scope.db)
  return true
}
async function servicesOf(scope: Scope): Promise<Service[]> {
  const c = scope.company_id
  const { rows } = await sql<Service>`select s.service_id, s.name, s.sort_no, s.retired_at is not null as retired,
      (select to_jsonb(x) from (select v.version_id, v.version_no, v.from_on, v.intro, v.fields, v.steps, v.permit, v.permit_hours, v.show_arrears from care.service_version v where v.company_id = ${c} and v.service_id = s.service_id and v.from_on <= ${scope.today}::date order by v.from_on desc, v.version_no desc limit 1) x) as version,
      (select min(v.from_on) from care.service_version v where v.company_id = ${c} and v.service_id = s.service_id and v.from_on > ${scope.today}::date) as next_from_on
    from care.service s where s.company_id = ${c} order by s.sort_no, s.name, s.service_id limit ${ROWS_MAX}`.execute(scope.db)
  if (rows.length) return rows
  return shippedServices(c).map(({ version_id, service_id, name, sort_no, ...v }) => ({ service_id, name, sort_no, retired: false, next_from_on: null, version: { ...v, version_id, version_no: 1, from_on: '2000-01-01' } }))
}

export interface VersionRow {
  service_id: string
  version_id: string
  name: string
  fields: FormField[]
  steps: FormStep[]
  permit: boolean
  permit_hours: number
  show_arrears: boolean
}
/** The version in force today; another one was changed while somebody filled it in. */
export async function versionFor(scope: Scope, service_id: string, version_id: string): Promise<VersionRow> {
  const ask = async () => (await servicesOf(scope)).find((s) => s.service_id === service_id)
  let s = await ask()
  if (s && (await writeShippedServices(scope))) s = await ask()
  if (!s?.version || s.retired) throw scope.refuse('care.service_unknown')
  if (s.version.version_id !== version_id) throw scope.refuse('care.form_changed', { name: s.name })
  return { ...s.version, service_id, name: s.name }
}

export const serviceAnswers = [
  answer(care.services, async (scope) => {
    const rows = await servicesOf(scope)
    return { rows: scope.who.kind === 'resident' ? rows.filter((s) => !s.retired && s.version) : rows }
  }),
  answer(care.saveService, async (scope, o) => {
    wholeCompany(scope)
    await writeShippedServices(scope)
    const all = await servicesOf(scope)
    if (o.service_id && !all.some((s) => s.service_id === o.service_id)) throw scope.notFound()
    if (all.some((s) => s.service_id !== o.service_id && s.name === o.name)) throw scope.refuse('care.name_taken', { name: o.name })
    const service_id = o.service_id ?? uuidv7()
    const values = { name: o.name, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await scope.db.insertInto('care.service').values({ company_id: scope.company_id, service_id, ...values }).onConflict((x) => x.columns(['company_id', 'service_id']).doUpdateSet(values)).execute()
    scope.note('care_service', service_id, { name: o.name, retired: o.retired })
    return { service_id }
  }),
  answer(care.removeService, async (scope, { service_id }) => {
    wholeCompany(scope)
    await writeShippedServices(scope)
    const { rows } = await sql<{ name: string; used: boolean }>`select s.name, exists (select from care.service_version v where v.company_id = ${scope.company_id} and v.service_id = s.service_id) as used from care.service s where s.company_id = ${scope.company_id} and s.service_id = ${service_id} for update`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    if (rows[0].used) throw scope.refuse('care.service_used', { name: rows[0].name })
    await sql`delete from care.service where company_id = ${scope.company_id} and service_id = ${service_id}`.execute(scope.db)
    scope.note('care_service', service_id, { name: rows[0].name, removed: true })
    return { service_id }
  }),
  answer(care.publishService, async (scope, o) => {
    wholeCompany(scope)
    await writeShippedServices(scope)
    const s = (await servicesOf(scope)).find((x) => x.service_id === o.service_id)
    if (!s) throw scope.notFound()
    if (o.from_on < scope.today) throw scope.refuse('care.from_past', { today: scope.today })
    const fault = formFault(o.fields)
    if (fault) throw scope.refuse('care.form_fields', { fault })
    await Promise.all([...new Set(o.steps.flatMap((x) => (x.department_id ? [x.department_id] : [])))].map((d) => departmentFor(scope, d)))
    const version_id = uuidv7()
    const { rows } = await sql<{ version_no: number }>`insert into care.service_version (company_id, version_id, service_id, version_no, from_on, intro, fields, steps, permit, permit_hours, show_arrears, created_by, created_at)
      select ${scope.company_id}, ${version_id}, ${o.service_id}, coalesce(max(v.version_no), 0) + 1, ${o.from_on}::date, ${o.intro}, ${JSON.stringify(o.fields)}::jsonb, ${JSON.stringify(o.steps)}::jsonb, ${o.permit}, ${o.permit_hours}, ${o.show_arrears}, ${scope.who.account_id}::uuid, ${scope.now} from care.service_version v where v.company_id = ${scope.company_id} and v.service_id = ${o.service_id} returning version_no`.execute(scope.db)
    scope.note('care_service', o.service_id, { name: s.name, from_on: o.from_on, version_no: rows[0]!.version_no })
    return { version_id, version_no: rows[0]!.version_no }
  }),
]
