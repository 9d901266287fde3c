// The import of the deposit table (维修资金缴存): opening balances of a fund taken over, or a bank's list of what was paid in.
import { sql } from 'kysely'
import { uuidOf } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { readText, toDay, toDecimal } from '../../../kernel/sheet/index.ts'
import { parseYuan } from '../../../kernel/money.ts'
import { parseHouseText } from '../../property/server/index.ts'
import { UndoBlocked, importKind, type Checked, type ImportBatchOf, type ImportFieldSpec, type Mapped, type Problem } from '../../system/server/index.ts'
import { words } from '../words.ts'
import { bookEntries, lockAccounts, openAccounts, postEntries, type Kind } from './book.ts'
import { reverseEntries } from './corrections.ts'

const KINDS = words.states!['deposit_kind']!
const KIND_WORDS: Record<string, string> = { ...Object.fromEntries(Object.entries(KINDS).map(([code, zh]) => [zh, code])), 首缴: 'first', 缴存: 'first', 首期: 'first', 补缴: 'topup', 续交: 'topup', 期初: 'opening', 余额: 'opening' }

interface DepositData {
  label: string
  kind: 'first' | 'topup' | 'opening'
  amount_fen: number
  first_fen: number
  paid_on: string
  voucher_no: string
  payer_name: string | null
}
const FIELDS: readonly ImportFieldSpec[] = [
  { key: 'room', zh: '房号', required: true, aliases: ['房间号', '户号', '室号', '房屋编号', '门牌号', '房产', '房屋', '分户账号'], note: '写全,如 1-2-301', example: '1-2-301', width: 16 },
  { key: 'kind', zh: '类别', required: true, aliases: ['类型', '缴存类别', '业务类型'], choices: Object.values(KINDS), example: '首次缴存', width: 12 },
  { key: 'amount', zh: '金额', required: true, aliases: ['缴存金额', '实缴金额', '余额', '分户余额', '交款金额'], kind: 'number', example: '8865.00', width: 12 },
  { key: 'first', zh: '首次缴存额', required: false, aliases: ['应缴金额', '首期金额'], note: '只在类别为期初余额时填写,续筹线按它计算;留空时按金额', kind: 'number', example: '', width: 14 },
  { key: 'paid_on', zh: '缴存日期', required: true, aliases: ['缴款日期', '交款日期', '日期', '缴存时间'], kind: 'day', example: '2024-01-25', width: 14 },
  { key: 'voucher_no', zh: '凭证号', required: true, aliases: ['票据号', '收据号', '缴款书号', '专用票据号'], example: 'WX2024-0001', width: 18 },
  { key: 'payer_name', zh: '交款人', required: false, aliases: ['缴款人', '业主', '业主姓名', '姓名'], example: '', width: 12 },
]

function parseDepositRow(m: Mapped): { data: DepositData | null; problems: Problem[] } | null {
  const problems: Problem[] = []
  const text = (field: string): string | undefined => {
    const cell = m[field]
    if (cell === undefined) return undefined
    const r = readText(cell)
    if (!r.ok && !r.empty) problems.push({ field, reason: r.reason_zh })
    return r.ok ? r.value : undefined
  }
  const [room, kind_text, voucher_no, payer_name, first_text, amount_text] = [text('room'), text('kind'), text('voucher_no'), text('payer_name'), text('first'), text('amount')]
  const paid_text = text('paid_on')
  if (room === undefined && amount_text === undefined && paid_text === undefined && problems.length === 0) return null
  const need = (field: string, zh: string, v: string | undefined) => void (v === undefined && !problems.some((p) => p.field === field) && problems.push({ field, reason: `${zh}是空的,请填写` }))
  need('room', '房号', room)
  need('kind', '类别', kind_text)
  need('amount', '金额', amount_text)
  need('paid_on', '缴存日期', paid_text)
  need('voucher_no', '凭证号', voucher_no)
  const house = room === undefined ? null : parseHouseText(room)
  if (room !== undefined && !house) problems.push({ field: 'room', reason: `「${room.slice(0, 30)}」不是完整的房号,请写成 1-2-301 或 1栋2单元301` })
  const kind = kind_text === undefined ? undefined : (KIND_WORDS[kind_text] as DepositData['kind'] | undefined)
  if (kind_text !== undefined && !kind) problems.push({ field: 'kind', reason: `「${kind_text.slice(0, 20)}」不是缴存类别,请改为:${Object.values(KINDS).join('、')}` })
  const money = (field: string): number | undefined => {
    if (m[field] === undefined || text(field) === undefined) return undefined
    const v = toDecimal(m[field]!, { scale: 2, min: '0.01', max: '99999999' })
    if (v.ok) return parseYuan(v.value)
    if (!problems.some((p) => p.field === field)) problems.push({ field, reason: v.reason_zh })
    return undefined
  }
  const amount_fen = money('amount')
  const first = first_text === undefined ? undefined : money('first')
  const day = paid_text === undefined ? undefined : toDay(m['paid_on']!)
  if (day && !day.ok) problems.push({ field: 'paid_on', reason: day.reason_zh })
  if (!house || !kind || amount_fen === undefined || !day?.ok || voucher_no === undefined) return { data: null, problems }
  const first_fen = kind === 'topup' ? 0 : kind === 'opening' ? (first ?? amount_fen) : amount_fen
  return { data: { label: house.label, kind, amount_fen, first_fen, paid_on: day.value, voucher_no: voucher_no.slice(0, 40), payer_name: payer_name?.slice(0, 60) ?? null }, problems }
}

type Rows = ImportBatchOf<DepositData>
interface House {
  house_id: string
  label: string
  first_fen: number
  closed_on: string | null
  has_bank: boolean
}
async function housesOf(scope: Scope, { community_id, rows }: Rows): Promise<Map<string, House>> {
  const { rows: found } = await sql<House>`select h.house_id, h.label, coalesce(a.first_fen, 0)::bigint as first_fen, a.closed_on, exists (select from funds.bank b where b.company_id = h.company_id and b.community_id = h.community_id and (b.building_id is null or b.building_id = h.building_id)) as has_bank
    from property.house h left join funds.house_account a on a.company_id = h.company_id and a.house_id = h.house_id where h.company_id = ${scope.company_id} and h.community_id = ${community_id} and h.label = any(${rows.map((r) => r.data.label)}::text[])`.execute(scope.db)
  return new Map(found.map((h) => [h.label, h]))
}
async function check(scope: Scope, batch: Rows): Promise<Map<number, Checked>> {
  const houses = await housesOf(scope, batch)
  const { rows: before } = await sql<{ label: string; voucher_no: string; kind: string; amount_fen: number }>`select h.label, e.voucher_no, e.kind, e.amount_fen from funds.entry e join property.house h on h.company_id = e.company_id and h.house_id = e.house_id
    where e.company_id = ${scope.company_id} and e.voucher_no = any(${batch.rows.map((r) => r.data.voucher_no)}::text[]) and e.community_id = ${batch.community_id} and e.kind in ('first','topup','opening') and not exists (select from funds.entry r where r.company_id = e.company_id and r.reverses = e.entry_id)`.execute(scope.db)
  const known = new Map(before.map((e) => [`${e.label} ${e.voucher_no}`, e]))
  return new Map(
    batch.rows.map(({ row_no, data: d }): [number, Checked] => {
      const h = houses.get(d.label)
      const old = known.get(`${d.label} ${d.voucher_no}`)
      if (old && old.amount_fen === d.amount_fen && old.kind === d.kind) return [row_no, { problems: [], effect: 'same' }]
      const problem: Problem | null = !h
        ? { field: 'room', reason: `本小区没有 ${d.label},请核对房号,或先登记房产` }
        : !h.has_bank ? { field: 'room', reason: `${d.label} 所在楼栋和小区都没有登记维修资金专户,请先登记` }
        : h.closed_on ? { field: 'room', reason: `${d.label} 的分户账已于 ${h.closed_on} 销户` }
        : old ? { field: 'voucher_no', reason: `凭证号「${d.voucher_no}」已为 ${d.label} 登记过,金额或类别不同,请核对` }
        : d.kind !== 'topup' && h.first_fen > 0 ? { field: 'kind', reason: `${d.label} 已有首次缴存,补缴请写「续筹」` }
        : d.paid_on > scope.today ? { field: 'paid_on', reason: `日期 ${d.paid_on} 晚于今天` } : null
      return [row_no, { problems: problem ? [problem] : [], effect: 'new' }]
    }),
  )
}

interface Undo {
  entry_of: { source_id: string; house_id: string; voucher_no: string; kind: string }
  what: string
}
async function apply(scope: Scope, batch: Rows): Promise<Map<number, unknown>> {
  const same = await check(scope, batch)
  const houses = await housesOf(scope, batch)
  const rows = batch.rows.filter((r) => same.get(r.row_no)?.effect !== 'same').map((r) => ({ ...r, house: houses.get(r.data.label)! }))
  if (rows.length === 0) return new Map()
  await openAccounts(scope, rows.map((r) => r.house.house_id), rows.map((r) => r.data.paid_on).sort()[0]!)
  await lockAccounts(scope, rows.map((r) => r.house.house_id))
  // One source a batch of rows: the file's id and its first row.
  const source = { source_type: 'import', source_id: uuidOf('fund import', batch.import_id, rows[0]!.row_no) } as const
  await bookEntries(scope, source, rows.map(({ data: d, house }) => ({ house_id: house.house_id, kind: d.kind satisfies Kind, amount_fen: d.amount_fen, first_fen: d.first_fen, value_on: d.paid_on, voucher_no: d.voucher_no, payer_name: d.payer_name, note: '导入' })))
  await postEntries(scope, source)
  return new Map(rows.map((r) => [r.row_no, { entry_of: { source_id: source.source_id, house_id: r.house.house_id, voucher_no: r.data.voucher_no, kind: r.data.kind }, what: r.data.label } satisfies Undo]))
}

async function undo(scope: Scope, import_id: string, rows: readonly { row_no: number; undo: Undo }[]): Promise<void> {
  const c = scope.company_id
  if (rows.length === 0) return
  const { rows: found } = await sql<{ entry_id: string; house_id: string; kind: string; amount_fen: number; first_fen: number; value_on: string; voucher_no: string | null; source_id: string; reversed: boolean; balance_fen: number }>`
    select e.entry_id, e.house_id, e.kind, e.amount_fen, e.first_fen, e.value_on, e.voucher_no, e.source_id, a.balance_fen, exists (select from funds.entry r where r.company_id = e.company_id and r.reverses = e.entry_id) as reversed
    from funds.entry e join funds.house_account a on a.company_id = e.company_id and a.house_id = e.house_id
    where e.company_id = ${c} and e.source_type = 'import' and e.kind <> 'reversal' and e.source_id = any(${rows.map((r) => r.undo.entry_of.source_id)}::uuid[]) and e.house_id = any(${rows.map((r) => r.undo.entry_of.house_id)}::uuid[])`.execute(scope.db)
  const by = new Map(found.map((f) => [`${f.source_id} ${f.house_id} ${f.kind} ${f.voucher_no}`, f]))
  const list: typeof found = []
  for (const r of rows) {
    const e = by.get(`${r.undo.entry_of.source_id} ${r.undo.entry_of.house_id} ${r.undo.entry_of.kind} ${r.undo.entry_of.voucher_no}`)
    const reason = !e ? '没有找到原记录' : e.reversed ? '入库后已更正过' : e.balance_fen < e.amount_fen ? '这笔钱已经使用,余额不足' : undefined
    if (reason) throw new UndoBlocked(r.row_no, r.undo.what, reason)
    list.push(e!)
  }
  await reverseEntries(scope, { source_type: 'import', source_id: uuidOf('fund import undo', import_id, rows[0]!.row_no) }, list, '撤销导入')
}

export const depositsImport = importKind<DepositData>({
  kind: 'funds.deposits',
  zh: '维修资金缴存',
  may: ['funds.deposit.take'],
  needs_community: true,
  fields: FIELDS,
  notes: ['每户一行;接管时的分户余额写「期初余额」,并填首次缴存额,以便计算续筹线', '同一户同一凭证号再次导入不会重复记账', '撤销导入会逐户反向记账,明细保留'],
  page: '/funds/entries',
  grows: ['funds.house_account', 'funds.entry'],
  parse: parseDepositRow,
  keyOf: (d) => `${d.label}\u0001${d.kind === 'topup' ? d.voucher_no : 'first'}`,
  key_field: 'room',
  check,
  apply,
  undo: (scope, b) => undo(scope, b.import_id, b.rows as { row_no: number; undo: Undo }[]),
})
