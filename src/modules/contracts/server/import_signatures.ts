// The import of signed houses: one row a house, by number of the contract and room; what was there already is left as it is.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { readText, toDay } from '../../../kernel/sheet/index.ts'
import { parseHouseText } from '../../property/server/index.ts'
import { UndoBlocked, importKind, type Checked, type ImportBatchOf, type ImportFieldSpec, type Mapped, type Problem } from '../../system/server/index.ts'
import { ASKED } from './signing.ts'

interface SignatureData { no: string; label: string; signed_on: string; signer: string; note: string | null }
const FIELDS: readonly ImportFieldSpec[] = [
  { key: 'no', zh: '合同编号', required: true, aliases: ['编号', '规约编号', '协议编号'], note: '合同台账中的编号,如 HT2026-000001', example: 'HT2026-000001', width: 18 },
  { key: 'room', zh: '房号', required: true, aliases: ['房间号', '户号', '室号', '房屋编号', '门牌号', '房产', '房屋'], note: '写全,如 1-2-301', example: '1-2-301', width: 14 },
  { key: 'signed_on', zh: '签署日期', required: true, aliases: ['签署日', '签订日期', '签约日期', '日期'], kind: 'day', example: '2026-03-05', width: 14 },
  { key: 'signer', zh: '签署人', required: true, aliases: ['业主', '姓名', '签字人', '业主姓名'], example: '张三', width: 12 },
  { key: 'note', zh: '说明', required: false, aliases: ['备注'], example: '', width: 20 },
]
export function parseSignatureRow(m: Mapped): { data: SignatureData | null; problems: Problem[] } | null {
  const problems: Problem[] = []
  const text = (field: string): string | undefined => {
    const cell = m[field]
    if (cell === undefined) return undefined
    const r = readText(cell)
    if (!r.ok && !r.empty) problems.push({ field, reason: r.reason_zh })
    return r.ok ? r.value : undefined
  }
  const [no, room, day_text, signer, note] = [text('no'), text('room'), text('signed_on'), text('signer'), text('note')]
  if ([no, room, day_text, signer].every((x) => x === undefined) && problems.length === 0) return null
  for (const [field, zh, v] of [['no', '合同编号', no], ['room', '房号', room], ['signed_on', '签署日期', day_text], ['signer', '签署人', signer]] as const) if (v === undefined && !problems.some((p) => p.field === field)) problems.push({ field, reason: `${zh}是空的,请填写` })
  const house = room === undefined ? null : parseHouseText(room)
  if (room !== undefined && !house) problems.push({ field: 'room', reason: `「${room.slice(0, 30)}」不是完整的房号,请写成 1-2-301 或 1栋2单元301` })
  const day = day_text === undefined ? undefined : toDay(m['signed_on']!)
  if (day && !day.ok) problems.push({ field: 'signed_on', reason: day.reason_zh })
  if (no === undefined || !house || !day?.ok || signer === undefined) return { data: null, problems }
  return { data: { no: no.toUpperCase().slice(0, 30), label: house.label, signed_on: day.value, signer: signer.slice(0, 30), note: note?.slice(0, 200) ?? null }, problems }
}
type Rows = ImportBatchOf<SignatureData>
interface Found { row_no: number; contract_id: string | null; state: string | null; to_on: string | null; signed_by: string | null; house_id: string | null; asked: boolean | null; signed_on: string | null; signer_name: string | null }
async function look(scope: Scope, { community_id, rows }: Rows): Promise<Map<number, Found>> {
  const c = scope.company_id
  const { rows: found } = await sql<Found>`select x.row_no, t.contract_id, t.state, t.to_on, k.signed_by, h.house_id, case when t.contract_id is not null and h.house_id is not null then ${ASKED(scope)} end as asked, s.signed_on, s.signer_name
    from unnest(${rows.map((r) => r.row_no)}::int[], ${rows.map((r) => r.data.no)}::text[], ${rows.map((r) => r.data.label)}::text[]) as x(row_no, no, label)
      left join contracts.contract t on t.company_id = ${c} and t.no = x.no and t.community_id = ${community_id} left join contracts.kind k on k.company_id = ${c} and k.kind_id = t.kind_id
      left join property.house h on h.company_id = ${c} and h.community_id = ${community_id} and h.label = x.label left join contracts.signature s on s.company_id = ${c} and s.contract_id = t.contract_id and s.house_id = h.house_id and s.void_at is null`.execute(scope.db)
  return new Map(found.map((f) => [f.row_no, f]))
}
async function check(scope: Scope, batch: Rows): Promise<Map<number, Checked>> {
  const have = await look(scope, batch)
  return new Map(batch.rows.map(({ row_no, data: d }): [number, Checked] => {
    const f = have.get(row_no)!
    if (f.signed_on && f.signed_on === d.signed_on && f.signer_name === d.signer) return [row_no, { problems: [], effect: 'same' }]
    const problem: Problem | null = !f.contract_id ? { field: 'no', reason: `本小区没有编号为 ${d.no} 的合同,请核对编号` }
      : f.signed_by === 'parties' ? { field: 'no', reason: `${d.no} 由当事人签署,不逐户登记` }
      : f.state !== 'active' || (f.to_on !== null && f.to_on < scope.today) ? { field: 'no', reason: `${d.no} 现在不在有效期内,不能登记签署` }
      : !f.house_id ? { field: 'room', reason: `本小区没有 ${d.label},请核对房号` }
      : f.signed_on ? { field: 'room', reason: `${d.label} 已于 ${f.signed_on} 由 ${f.signer_name} 签署;登记有误请先在合同里作废` }
      : !f.asked && f.signed_by === 'all_houses' ? { field: 'room', reason: `${d.label} 不在 ${d.no} 的应签范围内` }
      : d.signed_on > scope.today ? { field: 'signed_on', reason: `日期 ${d.signed_on} 晚于今天` } : null
    return [row_no, { problems: problem ? [problem] : [], effect: 'new' }]
  }))
}
interface Undo { signature_id: string; contract_id: string; house_id: string; listed: boolean; what: string }
async function apply(scope: Scope, batch: Rows): Promise<Map<number, unknown>> {
  const c = scope.company_id
  const [have, same] = [await look(scope, batch), await check(scope, batch)]
  const rows = batch.rows.filter((r) => same.get(r.row_no)?.effect !== 'same').map((r) => ({ ...(have.get(r.row_no) as Found & { contract_id: string; house_id: string }), ...r.data, signature_id: uuidv7() }))
  const list = JSON.stringify(rows.map((r) => ({ signature_id: r.signature_id, contract_id: r.contract_id, house_id: r.house_id, signed_on: r.signed_on, signer: r.signer, note: r.note, listed: !r.asked })))
  await sql`with x as materialized (select * from jsonb_to_recordset(${list}::jsonb) as x(signature_id uuid, contract_id uuid, house_id uuid, signed_on date, signer text, note text, listed boolean)),
      l as (insert into contracts.contract_house (company_id, contract_id, house_id) select ${c}, contract_id, house_id from x where listed on conflict do nothing)
    insert into contracts.signature (company_id, signature_id, contract_id, house_id, signed_on, signer_name, note, import_id, made_by, made_by_name, made_at) select ${c}, signature_id, contract_id, house_id, signed_on, signer, note, ${batch.import_id}, ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now} from x`.execute(scope.db)
  return new Map(rows.map((r) => [r.row_no, { signature_id: r.signature_id, contract_id: r.contract_id, house_id: r.house_id, listed: !r.asked, what: `${r.no} ${r.label}` } satisfies Undo]))
}
async function undo(scope: Scope, rows: readonly { row_no: number; undo: Undo }[]): Promise<void> {
  const c = scope.company_id
  const ids = rows.map((r) => r.undo.signature_id)
  const { rows: found } = await sql<{ signature_id: string; touched: boolean }>`select signature_id, void_at is not null or file_id is not null as touched from contracts.signature where company_id = ${c} and signature_id = any(${ids}::uuid[]) order by signature_id for update`.execute(scope.db)
  const have = new Map(found.map((f) => [f.signature_id, f.touched]))
  for (const r of rows) if (have.get(r.undo.signature_id) !== false) throw new UndoBlocked(r.row_no, r.undo.what, '入库后已作废或补传了签署件')
  await sql`delete from contracts.signature where company_id = ${c} and signature_id = any(${ids}::uuid[])`.execute(scope.db)
  const listed = rows.filter((r) => r.undo.listed).map((r) => ({ contract_id: r.undo.contract_id, house_id: r.undo.house_id }))
  await sql`delete from contracts.contract_house h using jsonb_to_recordset(${JSON.stringify(listed)}::jsonb) as x(contract_id uuid, house_id uuid) where h.company_id = ${c} and h.contract_id = x.contract_id and h.house_id = x.house_id`.execute(scope.db)
}
export const signaturesImport = importKind<SignatureData>({
  kind: 'contracts.signatures',
  zh: '逐户签署名单',
  may: ['contracts.signature.write'],
  needs_community: true,
  fields: FIELDS,
  notes: ['每户一行,写明是哪一份合同(编号见合同台账)', '同一户同一份合同再次导入不会重复登记', '扫描件导入后在合同的「逐户签署」里逐户补传'],
  page: '/contracts/signing',
  grows: ['contracts.signature'],
  parse: parseSignatureRow,
  keyOf: (d) => `${d.no}\u0001${d.label}`,
  key_field: 'room',
  check,
  apply,
  undo: (scope, b) => undo(scope, b.rows as { row_no: number; undo: Undo }[]),
})
