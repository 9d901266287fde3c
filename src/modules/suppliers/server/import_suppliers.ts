// The import of the register of suppliers: one row a supplier, known again by its code or else its name; an empty cell clears nothing.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import { sealText } from '../../../kernel/seal.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { readText } from '../../../kernel/sheet/index.ts'
import { UndoBlocked, importKind, type Checked, type ImportBatchOf, type ImportFieldSpec, type Mapped, type Problem } from '../../system/server/index.ts'
import { CATEGORIES } from '../contract.ts'
import { creditCodeOk } from './rules/credit_code.ts'

interface SupplierData { name: string; code: string | null; categories: string[]; address: string | null; contact: string | null; phone: string | null; bank_name: string | null; bank_sealed: string | null; bank_tail: string | null; note: string | null }
const FIELDS: readonly ImportFieldSpec[] = [
  { key: 'name', zh: '供应商名称', required: true, aliases: ['名称', '单位名称', '公司名称', '供应商', '企业名称'], example: '陕西迅安电梯工程有限公司', width: 28 },
  { key: 'code', zh: '统一社会信用代码', required: false, aliases: ['信用代码', '税号', '纳税人识别号', '社会信用代码'], example: '91350100M000100Y43', width: 22 },
  { key: 'categories', zh: '供应类别', required: true, aliases: ['类别', '分类', '服务类别', '供应内容'], note: `多类用顿号分开,如 ${CATEGORIES.slice(0, 3).join('、')}`, example: '电梯维保', width: 18 },
  { key: 'contact', zh: '联系人', required: false, aliases: ['联系人姓名', '姓名'], example: '王经理', width: 12 },
  { key: 'phone', zh: '联系电话', required: false, aliases: ['电话', '手机', '手机号', '联系方式'], example: '13800000000', width: 16, mask: (t) => (t.length > 4 ? `${t.slice(0, 3)}****${t.slice(-2)}` : '****') },
  { key: 'address', zh: '地址', required: false, aliases: ['注册地址', '单位地址', '联系地址'], example: '', width: 24 },
  { key: 'bank_name', zh: '开户行', required: false, aliases: ['开户银行', '银行'], example: '', width: 20 },
  { key: 'bank_account', zh: '银行账号', required: false, aliases: ['账号', '银行卡号', '账户'], example: '', width: 22, mask: (t) => (t.length > 4 ? `****${t.slice(-4)}` : '****') },
  { key: 'note', zh: '备注', required: false, aliases: ['说明'], example: '', width: 20 },
]
export function parseSupplierRow(m: Mapped): { data: SupplierData | null; problems: Problem[] } | null {
  const problems: Problem[] = []
  const text = (field: string, max: number): string | null => {
    const cell = m[field]
    if (cell === undefined) return null
    const r = readText(cell)
    if (!r.ok && !r.empty) problems.push({ field, reason: r.reason_zh })
    return r.ok ? r.value.slice(0, max) : null
  }
  const [name, code_text, kinds, contact, phone_text, address, bank_name, account_text, note] = [text('name', 80), text('code', 30), text('categories', 80), text('contact', 30), text('phone', 30), text('address', 100), text('bank_name', 60), text('bank_account', 40), text('note', 300)]
  if (name === null && kinds === null && code_text === null && problems.length === 0) return null
  if (name === null) problems.push({ field: 'name', reason: '供应商名称是空的,请填写' })
  const code = code_text === null ? null : code_text.replace(/\s/g, '').toUpperCase()
  if (code !== null && !creditCodeOk(code)) problems.push({ field: 'code', reason: `「${code.slice(0, 20)}」不是有效的统一社会信用代码(18 位,末位为校验位),请核对营业执照` })
  const categories = [...new Set((kinds ?? '').split(/[、,,;;/\s]+/).filter(Boolean))]
  if (categories.length === 0) problems.push({ field: 'categories', reason: '供应类别是空的,请填写' })
  if (categories.length > 5 || categories.some((k) => k.length > 12)) problems.push({ field: 'categories', reason: '供应类别最多 5 类,每类不超过 12 个字' })
  const phone = phone_text === null ? null : phone_text.replace(/[\s-]/g, '')
  if (phone !== null && !/^(1[3-9]\d{9}|0\d{9,11})$/.test(phone)) problems.push({ field: 'phone', reason: '应为 11 位手机号,或带区号的座机' })
  if ((phone === null) !== (contact === null)) problems.push({ field: phone === null ? 'phone' : 'contact', reason: '联系人和联系电话要一起填' })
  const account = account_text === null ? null : account_text.replace(/\s/g, '')
  if (account !== null && !/^\d{8,30}$/.test(account)) problems.push({ field: 'bank_account', reason: '银行账号应为 8 至 30 位数字;Excel 里请设成文本' })
  if (name === null) return { data: null, problems }
  // The account lies sealed in the row of the import too.
  return { data: { name, code, categories, address, contact, phone, bank_name, bank_sealed: account && /^\d{8,30}$/.test(account) ? sealText(account) : null, bank_tail: account?.slice(-4) ?? null, note }, problems }
}
type Rows = ImportBatchOf<SupplierData>
interface Now { supplier_id: string; name: string; credit_code: string | null; categories: string[]; address: string | null; bank_name: string | null; bank_account_sealed: string | null; bank_account_tail: string | null; note: string | null; changed_at: string }
interface Found { row_no: number; by_name: Now | null; by_code: Now | null }
const NOW = sql.raw(`jsonb_build_object('supplier_id', s.supplier_id, 'name', s.name, 'credit_code', s.credit_code, 'categories', s.categories, 'address', s.address, 'bank_name', s.bank_name, 'bank_account_sealed', s.bank_account_sealed, 'bank_account_tail', s.bank_account_tail, 'note', s.note, 'changed_at', s.changed_at)`)
async function look(scope: Scope, { rows }: Rows): Promise<Map<number, Found>> {
  const c = scope.company_id
  const { rows: found } = await sql<Found>`select x.row_no, (select ${NOW} from suppliers.supplier s where s.company_id = ${c} and s.name = x.name) as by_name, (select ${NOW} from suppliers.supplier s where s.company_id = ${c} and s.credit_code = x.code) as by_code
    from unnest(${rows.map((r) => r.row_no)}::int[], ${rows.map((r) => r.data.name)}::text[], ${rows.map((r) => r.data.code)}::text[]) as x(row_no, name, code)`.execute(scope.db)
  return new Map(found.map((f) => [f.row_no, f]))
}
const after = (now: Now | null, d: SupplierData) => ({ name: d.name, credit_code: d.code ?? now?.credit_code ?? null, categories: d.categories, address: d.address ?? now?.address ?? null, bank_name: d.bank_name ?? now?.bank_name ?? null, bank_account_sealed: d.bank_sealed ?? now?.bank_account_sealed ?? null, bank_account_tail: d.bank_tail ?? now?.bank_account_tail ?? null, note: d.note ?? now?.note ?? null })
const SHOWN = [['name', '名称'], ['credit_code', '统一社会信用代码'], ['categories', '供应类别'], ['address', '地址'], ['bank_name', '开户行'], ['bank_account_tail', '银行账号末四位'], ['note', '备注']] as const
const said = (v: string | string[] | null): string => (Array.isArray(v) ? v.join('、') : (v ?? '')) || '空'
async function check(scope: Scope, batch: Rows): Promise<Map<number, Checked>> {
  const have = await look(scope, batch)
  return new Map(batch.rows.map(({ row_no, data: d }): [number, Checked] => {
    const { by_name, by_code } = have.get(row_no)!
    if (by_code && by_name && by_code.supplier_id !== by_name.supplier_id) return [row_no, { problems: [{ field: 'code', reason: `统一社会信用代码已由「${by_code.name}」使用,请核对` }], effect: 'same' }]
    if (by_name?.credit_code && d.code && by_name.credit_code !== d.code) return [row_no, { problems: [{ field: 'code', reason: `「${d.name}」登记的是 ${by_name.credit_code},请核对` }], effect: 'same' }]
    const now = by_code ?? by_name
    if (!now) return [row_no, { problems: [], effect: 'new' }]
    const next = after(now, d)
    const changes = SHOWN.filter(([k]) => said(now[k]) !== said(next[k])).map(([k, zh]) => ({ zh, before: said(now[k]), after: said(next[k]) }))
    return [row_no, { problems: [], effect: changes.length ? 'change' : 'same', changes }]
  }))
}
interface Undo { supplier_id: string; what: string; before: Now | null }
async function apply(scope: Scope, batch: Rows): Promise<Map<number, unknown>> {
  const c = scope.company_id
  const have = await look(scope, batch)
  const rows = batch.rows.map((r) => {
    const { by_name, by_code } = have.get(r.row_no)!
    const now = by_code ?? by_name
    return { row_no: r.row_no, now, d: r.data, value: { supplier_id: now?.supplier_id ?? uuidv7(), ...after(now, r.data) } }
  })
  const fresh = rows.filter((r) => !r.now)
  const RECORD = sql`supplier_id uuid, name text, credit_code text, categories text[], address text, bank_name text, bank_account_sealed text, bank_account_tail text, note text`
  await sql`insert into suppliers.supplier (company_id, supplier_id, name, credit_code, categories, address, bank_name, bank_account_sealed, bank_account_tail, note, import_id, created_at, changed_by, changed_at)
    select ${c}, x.supplier_id, x.name, x.credit_code, x.categories, x.address, x.bank_name, x.bank_account_sealed, x.bank_account_tail, x.note, ${batch.import_id}::uuid, ${scope.now}::timestamptz, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz from jsonb_to_recordset(${JSON.stringify(fresh.map((r) => r.value))}::jsonb) as x(${RECORD})`.execute(scope.db)
  await write(scope, rows.filter((r) => r.now).map((r) => r.value))
  await sql`insert into suppliers.contact (company_id, contact_id, supplier_id, name, phone) select ${c}, x.contact_id, x.supplier_id, x.name, x.phone from jsonb_to_recordset(${JSON.stringify(rows.filter((r) => r.d.contact && r.d.phone).map((r) => ({ contact_id: uuidv7(), supplier_id: r.value.supplier_id, name: r.d.contact, phone: r.d.phone })))}::jsonb) as x(contact_id uuid, supplier_id uuid, name text, phone text)
    where not exists (select from suppliers.contact k where k.company_id = ${c} and k.supplier_id = x.supplier_id and k.phone = x.phone and k.ended_at is null)`.execute(scope.db)
  return new Map(rows.map((r) => [r.row_no, { supplier_id: r.value.supplier_id, what: r.value.name, before: r.now } satisfies Undo]))
}
const write = (scope: Scope, list: readonly object[]) => sql`update suppliers.supplier s set name = x.name, credit_code = x.credit_code, categories = x.categories, address = x.address, bank_name = x.bank_name, bank_account_sealed = x.bank_account_sealed, bank_account_tail = x.bank_account_tail, note = x.note, changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now}
  from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(supplier_id uuid, name text, credit_code text, categories text[], address text, bank_name text, bank_account_sealed text, bank_account_tail text, note text) where s.company_id = ${scope.company_id} and s.supplier_id = x.supplier_id`.execute(scope.db)
async function undo(scope: Scope, b: { applied_at: string; rows: readonly { row_no: number; undo: Undo }[] }): Promise<void> {
  const c = scope.company_id
  const made = b.rows.filter((r) => r.undo.before === null)
  const ids = b.rows.map((r) => r.undo.supplier_id)
  const { rows: found } = await sql<{ supplier_id: string; later: boolean; used: boolean }>`select s.supplier_id, s.changed_at > ${b.applied_at}::timestamptz as later, exists (select from suppliers.work w where w.company_id = ${c} and w.supplier_id = s.supplier_id) or exists (select from suppliers.paper p where p.company_id = ${c} and p.supplier_id = s.supplier_id) or exists (select from suppliers.contract_link l where l.company_id = ${c} and l.supplier_id = s.supplier_id) or exists (select from suppliers.evaluation e where e.company_id = ${c} and e.supplier_id = s.supplier_id) or exists (select from suppliers.ban x where x.company_id = ${c} and x.supplier_id = s.supplier_id) as used
    from suppliers.supplier s where s.company_id = ${c} and s.supplier_id = any(${ids}::uuid[]) order by s.supplier_id for update`.execute(scope.db)
  const have = new Map(found.map((f) => [f.supplier_id, f]))
  for (const r of b.rows) {
    const f = have.get(r.undo.supplier_id)
    if (!f) throw new UndoBlocked(r.row_no, r.undo.what, '已被删除')
    if (f.later) throw new UndoBlocked(r.row_no, r.undo.what, '入库后又有改动')
    if (r.undo.before === null && f.used) throw new UndoBlocked(r.row_no, r.undo.what, '已有资质、合同、承接工作或评价')
  }
  await write(scope, b.rows.flatMap((r) => r.undo.before ?? []))
  await sql`delete from suppliers.contact where company_id = ${c} and supplier_id = any(${made.map((r) => r.undo.supplier_id)}::uuid[])`.execute(scope.db)
  await sql`delete from suppliers.supplier where company_id = ${c} and supplier_id = any(${made.map((r) => r.undo.supplier_id)}::uuid[])`.execute(scope.db)
}
export const suppliersImport = importKind<SupplierData>({
  kind: 'suppliers.suppliers',
  zh: '供应商',
  may: ['suppliers.supplier.write'],
  needs_community: false,
  fields: FIELDS,
  notes: ['每家一行;统一社会信用代码相同的视为同一家,没有代码的按名称认', '空白的单元格不会清掉系统里已有的内容', '资质证照导入后在供应商档案里逐份上传'],
  page: '/suppliers/list',
  grows: ['suppliers.supplier', 'suppliers.contact'],
  parse: parseSupplierRow,
  keyOf: (d) => d.code ?? d.name,
  key_field: 'name',
  check,
  apply,
  undo: (scope, b) => undo(scope, b as { applied_at: string; rows: { row_no: number; undo: Undo }[] }),
})
