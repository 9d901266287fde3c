// The import of bank statements (银行流水) through the import engine: columns of several banks by their titles. The same line twice changes nothing.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { readText, toDay, toDecimal } from '../../../kernel/sheet/index.ts'
import { parseYuan } from '../../../kernel/money.ts'
import { UndoBlocked, importKind, type Checked, type ImportBatchOf, type ImportFieldSpec, type Mapped, type Problem } from '../../system/server/index.ts'
import { words } from '../words.ts'

interface LineData {
  account_no?: string
  booked_on: string
  amount_fen: number
  balance_fen?: number
  counter_name?: string
  counter_tail?: string
  memo?: string
  reference?: string
}
const FIELDS: readonly ImportFieldSpec[] = [
  { key: 'booked_on', zh: '交易日期', required: true, aliases: ['记账日期', '交易时间', '入账日期', '日期', '交易日', '记账日', '交易日期时间'], kind: 'day', example: '2026-09-01', width: 14 },
  { key: 'income', zh: '收入金额', required: false, aliases: ['贷方发生额', '贷方金额', '收入', '存入', '转入金额', '贷方发生额/元', '存入金额', '贷方', '收入(元)'], kind: 'number', note: '收入、支出分两列的填这里', example: '118.20', width: 12 },
  { key: 'spent', zh: '支出金额', required: false, aliases: ['借方发生额', '借方金额', '支出', '支取', '转出金额', '借方发生额/元', '支取金额', '借方', '支出(元)'], kind: 'number', example: '', width: 12 },
  { key: 'amount', zh: '交易金额', required: false, aliases: ['发生额', '金额', '交易额', '发生金额'], kind: 'number', note: '只有一列金额的填这里;没有借贷标志时,负数为支出', example: '', width: 12 },
  { key: 'side', zh: '借贷标志', required: false, aliases: ['借贷', '收支', '收/支', '借贷方向', '收支标志', '交易方向'], example: '贷', width: 8 },
  { key: 'balance', zh: '余额', required: false, aliases: ['账户余额', '本次余额', '当前余额', '余额(元)'], kind: 'number', example: '10118.20', width: 12 },
  { key: 'counter_name', zh: '对方户名', required: false, aliases: ['对方名称', '付款人名称', '对方单位', '对方账户名称', '交易对方', '对手方名称', '付款方户名', '对方单位名称'], example: '张三', width: 16 },
  { key: 'counter_account', zh: '对方账号', required: false, aliases: ['付款人账号', '对方帐号', '对手方账号', '付款方账号', '对方账户'], example: '', width: 20, mask: (t) => `…${t.slice(-4)}` },
  { key: 'memo', zh: '摘要', required: false, aliases: ['用途', '附言', '备注', '交易附言', '摘要/用途', '交易摘要', '客户附言', '个性化信息', '汇款附言', '交易说明'], note: '业主写的房号或缴费码多在这里', example: '物业费 1-2-301', width: 24 },
  { key: 'reference', zh: '流水号', required: false, aliases: ['交易流水号', '凭证号', '业务编号', '核心流水号', '交易序号', '流水', '交易参考号', '企业流水号', '明细编号', '凭证号码'], example: '', width: 20 },
  { key: 'account_no', zh: '本方账号', required: false, aliases: ['账号', '本方帐号', '收款账号', '查询账号', '我方账号', '卡号'], note: '本小区只登记了一个账户时可以不填', example: '', width: 20 },
]
const IN = /^(贷|收|入|C|Cr|转入|收入|贷方)/i

/** Whole fen of a cell; banks write blanks, dashes and 0.00 for nothing. */
function fenOf(cell: Mapped[string], problems: Problem[], field: string): number | undefined {
  if (cell === undefined) return undefined
  const text = readText(cell)
  if (!text.ok || /^[-—–]+$/.test(text.value)) return undefined
  const v = toDecimal(cell, { scale: 2 })
  if (!v.ok) {
    problems.push({ field, reason: v.reason_zh })
    return undefined
  }
  return parseYuan(v.value, 'signed')
}

export function parseBankRow(m: Mapped): { data: LineData | null; problems: Problem[] } | null {
  const problems: Problem[] = []
  const text = (field: string, max: number): string | undefined => {
    const cell = m[field]
    const r = cell === undefined ? undefined : readText(cell)
    return r?.ok ? r.value.slice(0, max) : undefined
  }
  const [income, spent, amount, balance] = (['income', 'spent', 'amount', 'balance'] as const).map((f) => fenOf(m[f], problems, f))
  const day = m['booked_on'] === undefined ? undefined : toDay(m['booked_on'])
  if (day === undefined && income === undefined && spent === undefined && amount === undefined) return null
  if (!day || !day.ok) problems.push({ field: 'booked_on', reason: day && !day.ok ? day.reason_zh : '交易日期是空的,请填写;合计行请删去' })
  const side = text('side', 10)
  const sums = [...(income ? [Math.abs(income)] : []), ...(spent ? [-Math.abs(spent)] : []), ...(amount && !income && !spent ? [side === undefined ? amount : IN.test(side) ? Math.abs(amount) : -Math.abs(amount)] : [])]
  if (sums.length !== 1 && problems.length === 0) problems.push({ field: income === undefined && spent === undefined ? 'amount' : 'income', reason: sums.length === 0 ? '没有金额,请填写收入、支出或交易金额' : '同一行既有收入又有支出,请分成两行' })
  if (problems.length > 0) return { data: null, problems }
  const [counter_name, memo, reference, account_no, counter] = [text('counter_name', 60), text('memo', 200), text('reference', 64), text('account_no', 30)?.replaceAll(/\D/g, ''), text('counter_account', 40)]
  return {
    data: { booked_on: (day as { value: string }).value, amount_fen: sums[0]!, ...(balance === undefined ? {} : { balance_fen: balance }), ...(counter_name ? { counter_name } : {}), ...(counter ? { counter_tail: counter.replaceAll(/\s/g, '').slice(-4) } : {}), ...(memo ? { memo } : {}), ...(reference ? { reference } : {}), ...(account_no ? { account_no } : {}) },
    problems,
  }
}

/** What makes a line itself: the bank's own number, else everything that is known of it. */
export const lineKey = (d: LineData): string => (d.reference ? `${d.reference} ${d.booked_on} ${d.amount_fen}` : [d.booked_on, d.amount_fen, d.balance_fen ?? '', d.counter_name ?? '', d.counter_tail ?? '', d.memo ?? ''].join('\u0001'))

type Rows = ImportBatchOf<LineData>
interface Account {
  account_id: string
  account_no: string
}
async function accountsOf(scope: Scope, community_id: string | null): Promise<Account[]> {
  return scope.db.selectFrom('payment.bank_account').select(['account_id', 'account_no']).where('company_id', '=', scope.company_id).where('community_id', '=', community_id).where('disabled_at', 'is', null).execute()
}
function accountFor(d: LineData, all: readonly Account[]): Account | Problem {
  if (d.account_no !== undefined) return all.find((a) => a.account_no === d.account_no) ?? { field: 'account_no', reason: `本小区没有登记账号 ${d.account_no},请先在「收款银行账户」登记,或核对账号` }
  if (all.length === 1) return all[0]!
  return { field: 'account_no', reason: all.length === 0 ? '本小区还没有收款银行账户,请先在「收款银行账户」登记' : `本小区登记了 ${all.length} 个账户,请填写本方账号` }
}
async function look(scope: Scope, b: Rows) {
  const all = await accountsOf(scope, b.community_id)
  const found = b.rows.map((r) => ({ r, a: accountFor(r.data, all) }))
  const good = found.flatMap(({ r, a }) => ('account_id' in a ? [{ row_no: r.row_no, account_id: a.account_id, key: lineKey(r.data), data: r.data }] : []))
  const known = await sql<{ account_id: string; line_key: string }>`select l.account_id, l.line_key from unnest(${good.map((g) => g.account_id)}::uuid[], ${good.map((g) => g.key)}::text[]) as k(account_id, line_key)
    join payment.bank_line l on l.company_id = ${scope.company_id} and l.account_id = k.account_id and l.line_key = k.line_key`.execute(scope.db)
  return { found, good, known: new Set(known.rows.map((k) => `${k.account_id} ${k.line_key}`)) }
}
async function check(scope: Scope, b: Rows): Promise<Map<number, Checked>> {
  const { found, known } = await look(scope, b)
  return new Map(found.map(({ r, a }): [number, Checked] => [r.row_no, 'account_id' in a ? { problems: [], effect: known.has(`${a.account_id} ${lineKey(r.data)}`) ? 'same' : 'new' } : { problems: [a], effect: 'new' }]))
}
async function apply(scope: Scope, b: Rows): Promise<Map<number, unknown>> {
  const { good, known } = await look(scope, b)
  const rows = good.filter((g) => !known.has(`${g.account_id} ${g.key}`)).map((g) => ({ line_id: uuidv7(), row_no: g.row_no, account_id: g.account_id, line_key: g.key, ...g.data, state: g.data.amount_fen < 0 ? 'ignored' : 'new', note: g.data.amount_fen < 0 ? '支出' : null }))
  await sql`insert into payment.bank_line (company_id, line_id, account_id, community_id, import_id, line_key, booked_on, amount_fen, balance_fen, counter_name, counter_tail, memo, reference, state, note, created_at)
    select ${scope.company_id}::bigint, x.line_id, x.account_id, ${b.community_id}::uuid, ${b.import_id}::uuid, x.line_key, x.booked_on, x.amount_fen, x.balance_fen, x.counter_name, x.counter_tail, x.memo, x.reference, x.state, x.note, ${scope.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(line_id uuid, account_id uuid, line_key text, booked_on date, amount_fen bigint, balance_fen bigint, counter_name text, counter_tail text, memo text, reference text, state text, note text)`.execute(scope.db)
  return new Map(rows.map((r) => [r.row_no, { line_id: r.line_id }]))
}
async function undo(scope: Scope, rows: readonly { row_no: number; undo: { line_id: string } }[]): Promise<void> {
  const c = scope.company_id
  const ids = rows.map((r) => r.undo.line_id)
  const found = await sql<{ line_id: string; state: string; amount_fen: number; booked_on: string }>`select line_id, state, amount_fen, booked_on from payment.bank_line where company_id = ${c} and line_id = any(${ids}::uuid[]) order by line_id for update`.execute(scope.db)
  const have = new Map(found.rows.map((f) => [f.line_id, f]))
  for (const r of rows) {
    const now = have.get(r.undo.line_id)
    if (now && now.state !== 'new' && !(now.state === 'ignored' && now.amount_fen < 0)) throw new UndoBlocked(r.row_no, `${now.booked_on} 的流水`, `已处理(${words.states!['bank']![now.state] ?? now.state}),请先撤销处理`)
  }
  await sql`delete from payment.bank_line where company_id = ${c} and line_id = any(${ids}::uuid[])`.execute(scope.db)
}

export const bankImport = importKind<LineData>({
  kind: 'payment.bank',
  zh: '银行流水',
  may: ['payment.bank.import'],
  needs_community: true,
  fields: FIELDS,
  notes: ['直接上传网银下载的明细(Excel 或 CSV),对应好列即可', '同一笔流水再次导入不会重复', '支出也会导入,只供核对,不需要认领'],
  page: '/payment/bank',
  grows: ['payment.bank_line'],
  parse: parseBankRow,
  keyOf: (d) => `${d.account_no ?? ''}\u0001${lineKey(d)}`,
  key_field: 'booked_on',
  check,
  apply,
  undo: (scope, b) => undo(scope, b.rows as { row_no: number; undo: { line_id: string } }[]),
})
