// The import of staff files (员工名册): a file and its first assignment a row, for one community. Somebody who is there already is said and left as he is: changes belong to the file,
// where they keep their day. Undone, a file goes as long as nothing else stands on it.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import { openText, sealText } from '../../../kernel/seal.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { readText, toDay } from '../../../kernel/sheet/index.ts'
import { NO_ID, cleanIdNumber, initialsOf, sealId, tailOf } from '../../people/server/index.ts'
import { UndoBlocked, importKind, type Checked, type ImportBatchOf, type ImportFieldSpec, type Mapped, type Problem } from '../../system/server/index.ts'
import { policyNow } from './config.ts'
import { drawNos } from './hire.ts'
import { departmentsOf } from './org.ts'

interface StaffData {
  name: string
  no?: string
  department: string
  post: string
  entered_on: string
  phone?: string
  id_kind?: string
  id_sealed?: string
  id_hash?: string
  probation_to_on?: string
  contract_from_on?: string
  contract_to_on?: string
  note?: string
}
/** The kept original of a cell shows no number. */
const idTail = (text: string): string => (text.length > 4 ? `****${text.slice(-4)}` : '****')
const FIELDS: readonly ImportFieldSpec[] = [
  { key: 'no', zh: '工号', required: false, aliases: ['员工编号', '编号', '工作证号'], note: '留空自动编号', example: 'YG0101', width: 12 },
  { key: 'name', zh: '姓名', required: true, aliases: ['员工姓名', '名字'], example: '李建国', width: 12 },
  { key: 'department', zh: '部门', required: true, aliases: ['所属部门', '部门名称'], note: '按「部门」中的名称填写', example: '秩序部', width: 16 },
  { key: 'post', zh: '岗位', required: true, aliases: ['职务', '职位', '工种'], note: '按「岗位」中的名称填写', example: '秩序员', width: 16 },
  { key: 'entered_on', zh: '入职日', required: true, aliases: ['入职日期', '入职时间', '到岗日期'], kind: 'day', example: '2026-03-01', width: 12 },
  { key: 'phone', zh: '手机', required: false, aliases: ['手机号', '联系电话', '电话'], example: '13800000000', width: 14 },
  { key: 'id_number', zh: '身份证号', required: false, aliases: ['身份证', '身份证号码', '证件号'], note: '加密保存', example: '110101199003070097', width: 22, mask: idTail },
  { key: 'probation_to_on', zh: '试用期至', required: false, aliases: ['转正日期', '试用期'], kind: 'day', example: '2026-05-31', width: 12 },
  { key: 'contract_from_on', zh: '合同起', required: false, aliases: ['合同开始日期', '合同起始日'], note: '与合同止都填为固定期限,只填起为无固定期限', kind: 'day', example: '2026-03-01', width: 12 },
  { key: 'contract_to_on', zh: '合同止', required: false, aliases: ['合同到期日', '合同结束日期'], kind: 'day', example: '2029-02-28', width: 12 },
  { key: 'note', zh: '备注', required: false, aliases: ['说明'], example: '', width: 20 },
]
const ZH = Object.fromEntries(FIELDS.map((f) => [f.key, f.zh])) as Record<string, string>
const LENGTHS: Record<string, number> = { no: 20, name: 30, department: 30, post: 30, note: 500 }
const DAYS = ['entered_on', 'probation_to_on', 'contract_from_on', 'contract_to_on']
const NEEDED = ['name', 'department', 'post', 'entered_on'] as const

export function parseStaffRow(m: Mapped): { data: StaffData | null; problems: Problem[] } | null {
  const problems: Problem[] = []
  const out: Record<string, string> = {}
  for (const { key } of FIELDS) {
    const cell = m[key]
    if (cell === undefined) continue
    const value = DAYS.includes(key) ? toDay(cell) : readText(cell)
    if (!value.ok) {
      if (!value.empty) problems.push({ field: key, reason: value.reason_zh })
      continue
    }
    const text = value.value
    const max = LENGTHS[key]
    if (max !== undefined && text.length > max) problems.push({ field: key, reason: `有 ${text.length} 个字,最多 ${max} 个,请缩短` })
    else if (key === 'no' && !/^[0-9A-Za-z-]+$/.test(text)) problems.push({ field: key, reason: '工号只能是字母、数字和横线' })
    else if (key === 'phone' && !/^1[3-9]\d{9}$/.test(text.replace(/[\s-]/g, ''))) problems.push({ field: key, reason: '应为 11 位手机号' })
    else if (key === 'id_number') {
      const clean = cleanIdNumber(text, null)
      if (clean.ok) Object.assign(out, { id_kind: clean.kind, id_sealed: sealText(clean.number), id_hash: sealId(clean.kind, clean.number).id_number_hash })
      else problems.push({ field: key, reason: clean.reason })
    } else out[key] = key === 'phone' ? text.replace(/[\s-]/g, '') : key === 'no' ? text.toUpperCase() : text
  }
  if (Object.keys(out).length === 0 && problems.length === 0) return null
  for (const field of NEEDED) if (out[field] === undefined && !problems.some((p) => p.field === field)) problems.push({ field, reason: `${ZH[field]}是空的,请填写;如是多余的行请删去` })
  if (out['probation_to_on'] && out['entered_on'] && out['probation_to_on'] < out['entered_on']) problems.push({ field: 'probation_to_on', reason: '早于入职日,请改正' })
  if (out['contract_to_on'] && !out['contract_from_on']) problems.push({ field: 'contract_from_on', reason: '填了合同止就要填合同起' })
  if (out['contract_to_on'] && out['contract_from_on'] && out['contract_to_on'] < out['contract_from_on']) problems.push({ field: 'contract_to_on', reason: '早于合同起,请改正' })
  return { data: NEEDED.every((f) => out[f]) ? (out as unknown as StaffData) : null, problems }
}

type Rows = ImportBatchOf<StaffData>
interface Meant { post_id: string | undefined; department_id: string | undefined; same: boolean; problems: Problem[] }
async function look(scope: Scope, { rows }: Rows): Promise<Map<number, Meant>> {
  const c = scope.company_id
  const departments = await departmentsOf(scope, false)
  const { rows: posts } = await sql<{ post_id: string; name: string }>`select post_id, name from staff.post where company_id = ${c} and retired_at is null order by sort_no limit 300`.execute(scope.db)
  const { rows: there } = await sql<{ employee_id: string; no: string; name: string; id_number_hash: string | null; left: boolean }>`select employee_id, no, name, id_number_hash, left_at is not null as left from staff.employee where company_id = ${c} and (no = any(${rows.map((r) => r.data.no ?? '')}::text[]) or (id_number_hash = any(${rows.map((r) => r.data.id_hash ?? '')}::text[]) and left_at is null))`.execute(scope.db)
  const byNo = new Map(there.map((e) => [e.no, e]))
  const byId = new Map(there.filter((e) => e.id_number_hash && !e.left).map((e) => [e.id_number_hash!, e]))
  return new Map(rows.map((r): [number, Meant] => {
    const d = r.data
    const problems: Problem[] = []
    const post = posts.find((p) => p.name === d.post)
    if (!post) problems.push({ field: 'post', reason: `没有岗位「${d.post}」,请改为:${posts.slice(0, 12).map((p) => p.name).join('、') || '(还没有岗位)'},或先在「岗位与编制」中新增` })
    const named = departments.filter((x) => x.name === d.department)
    if (named.length === 0) problems.push({ field: 'department', reason: `没有部门「${d.department}」,请改为:${departments.slice(0, 12).map((x) => x.name).join('、') || '(还没有部门)'},或先在「部门」中新增` })
    if (named.length > 1) problems.push({ field: 'department', reason: `有 ${named.length} 个部门叫「${d.department}」,请先改成不同的名称` })
    const [no, id] = [d.no ? byNo.get(d.no) : undefined, d.id_hash ? byId.get(d.id_hash) : undefined]
    if (no && (no.name !== d.name || no.left)) problems.push({ field: 'no', reason: `工号 ${no.no} 已由 ${no.name} 使用,请换一个或留空` })
    if (id && id.name !== d.name) problems.push({ field: 'id_number', reason: `已登记在 ${id.name}(${id.no})名下,请核对` })
    return [r.row_no, { post_id: post?.post_id, department_id: named.length === 1 ? named[0]!.department_id : undefined, same: (no ?? id) !== undefined, problems }]
  }))
}
async function check(scope: Scope, batch: Rows): Promise<Map<number, Checked>> {
  const seen = await look(scope, batch)
  return new Map(batch.rows.map((r): [number, Checked] => [r.row_no, { problems: seen.get(r.row_no)!.problems, effect: seen.get(r.row_no)!.same ? 'same' : 'new' }]))
}
interface StaffUndo { employee_id: string; what: string }
async function apply(scope: Scope, batch: Rows): Promise<Map<number, unknown>> {
  const c = scope.company_id
  const seen = await look(scope, batch)
  const fresh = batch.rows.filter((r) => !seen.get(r.row_no)!.same)
  const nos = await drawNos(scope, (await policyNow(scope)).no_prefix, Math.max(1, fresh.filter((r) => !r.data.no).length))
  const made = fresh.map(({ row_no, data: d }) => {
    const id = d.id_sealed ? sealId(d.id_kind ?? 'id_card', openText(d.id_sealed)) : NO_ID
    return { row_no, employee_id: uuidv7(), assignment_id: uuidv7(), contract_id: d.contract_from_on ? uuidv7() : null, ...id, no: d.no ?? nos.shift()!, name: d.name, initials: initialsOf(d.name), phone: d.phone ?? null, phone_tail: tailOf(d.phone), entered_on: d.entered_on, probation_to_on: d.probation_to_on ?? null, note: d.note ?? null, contract_from_on: d.contract_from_on ?? null, contract_to_on: d.contract_to_on ?? null, post_id: seen.get(row_no)!.post_id, department_id: seen.get(row_no)!.department_id }
  })
  const json = sql`jsonb_to_recordset(${JSON.stringify(made)}::jsonb) as x(employee_id uuid, assignment_id uuid, contract_id uuid, id_kind text, id_number_sealed text, id_number_hash text, id_number_tail text, no text, name text, initials text, phone text, phone_tail text, entered_on date, probation_to_on date, note text, contract_from_on date, contract_to_on date, post_id uuid, department_id uuid)`
  await sql`insert into staff.employee (company_id, employee_id, no, name, initials, phone, phone_tail, id_kind, id_number_sealed, id_number_hash, id_number_tail, entered_on, probation_to_on, note, import_id, created_by_name, created_at, changed_at) select ${c}, x.employee_id, x.no, x.name, x.initials, x.phone, x.phone_tail, x.id_kind, x.id_number_sealed, x.id_number_hash, x.id_number_tail, x.entered_on, x.probation_to_on, x.note, ${batch.import_id}::uuid, ${scope.who.name}, ${scope.now}, ${scope.now} from ${json}`.execute(scope.db)
  await sql`insert into staff.assignment (company_id, assignment_id, employee_id, from_on, post_id, department_id, community_id, kind, reason, made_by, made_by_name, made_at) select ${c}, x.assignment_id, x.employee_id, x.entered_on, x.post_id, x.department_id, ${batch.community_id}::uuid, 'entry', '导入建档', ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now} from ${json}`.execute(scope.db)
  await sql`insert into staff.labour_contract (company_id, contract_id, employee_id, kind, from_on, to_on, signed_on, note, made_by, made_by_name, made_at) select ${c}, x.contract_id, x.employee_id, case when x.contract_to_on is null then 'open' else 'fixed' end, x.contract_from_on, x.contract_to_on, least(x.contract_from_on, ${scope.today}::date), '导入建档', ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now} from ${json} where x.contract_id is not null`.execute(scope.db)
  const by = new Map(made.map((m) => [m.row_no, { employee_id: m.employee_id, what: `${m.no} ${m.name}` } satisfies StaffUndo]))
  return new Map(batch.rows.map((r) => [r.row_no, by.get(r.row_no) ?? null]))
}
async function undo(scope: Scope, rows: readonly { row_no: number; undo: StaffUndo | null }[]): Promise<void> {
  const c = scope.company_id
  const mine = rows.flatMap((r) => (r.undo ? [{ row_no: r.row_no, ...r.undo }] : []))
  const ids = mine.map((r) => r.employee_id)
  const { rows: found } = await sql<{ employee_id: string; changed: boolean; used: boolean }>`select e.employee_id, e.changed_at <> e.created_at or e.account_id is not null as changed, (select count(*) from staff.assignment a where a.company_id = ${c} and a.employee_id = e.employee_id) > 1 or exists (select from staff.cert x where x.company_id = ${c} and x.employee_id = e.employee_id) or exists (select from staff.leaving x where x.company_id = ${c} and x.employee_id = e.employee_id) or exists (select from staff.labour_contract x where x.company_id = ${c} and x.employee_id = e.employee_id and (x.made_at <> e.created_at or x.ended_on is not null)) as used
    from staff.employee e where e.company_id = ${c} and e.employee_id = any(${ids}::uuid[]) order by e.employee_id for update`.execute(scope.db)
  const have = new Map(found.map((e) => [e.employee_id, e]))
  for (const r of mine) {
    const e = have.get(r.employee_id)
    if (!e) throw new UndoBlocked(r.row_no, r.what, '档案已不在')
    if (e.changed) throw new UndoBlocked(r.row_no, r.what, '入库后又有改动')
    if (e.used) throw new UndoBlocked(r.row_no, r.what, '已有调动、合同、证书或离职')
  }
  await sql`delete from staff.assignment where company_id = ${c} and employee_id = any(${ids}::uuid[])`.execute(scope.db)
  await sql`delete from staff.labour_contract where company_id = ${c} and employee_id = any(${ids}::uuid[])`.execute(scope.db)
  await sql`delete from staff.employee where company_id = ${c} and employee_id = any(${ids}::uuid[])`.execute(scope.db)
}

export const employeesImport = importKind<StaffData>({
  kind: 'staff.employees',
  zh: '员工名册',
  may: ['staff.file.write'],
  needs_community: true,
  fields: FIELDS,
  notes: ['每名员工一行;先在「部门」和「岗位与编制」里设好名称', '工号或身份证号已有的员工不会改动,调动和合同请在档案里办理', '公司本部的员工请在「员工名册」里逐个新增'],
  page: '/staff/employees',
  grows: ['staff.employee', 'staff.assignment', 'staff.labour_contract'],
  parse: parseStaffRow,
  keyOf: (d) => (d.id_hash ? `id\u0001${d.id_hash}` : d.no ? `no\u0001${d.no}` : `${d.name}\u0001${d.phone ?? ''}\u0001${d.entered_on}`),
  key_field: 'name',
  check,
  apply,
  undo: (scope, b) => undo(scope, b.rows as { row_no: number; undo: StaffUndo | null }[]),
})
