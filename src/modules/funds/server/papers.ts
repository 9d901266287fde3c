// Papers of one house: the receipt of a deposit, numbered when it is first issued, and its ledger from the first entry on.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen } from '../../../kernel/money.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { ownerNames } from '../../people/server/index.ts'
import { houseToRead, housesSeenBy } from '../../property/server/index.ts'
import { funds } from '../contract.ts'
import { KINDS } from './accounts.ts'
import { drawNumber } from './numbers.ts'

const ROWS_MAX = 2_000
/** Money that came in by hand has a receipt; a balance taken over (期初) was receipted elsewhere. */
const RECEIPTED: readonly string[] = ['first', 'topup']

interface Entry {
  entry_id: string
  house_id: string
  kind: string
  amount_fen: number
  balance_fen: number
  value_on: string
  voucher_no: string | null
  payer_name: string | null
  note: string | null
  house_label: string
  community_name: string
  bank_name: string
  reversed: boolean
}
async function entryToRead(scope: Scope, entry_id: string): Promise<Entry> {
  const { rows } = await sql<Entry>`select e.entry_id, e.house_id, e.kind, e.amount_fen, e.balance_fen, e.value_on, e.voucher_no, e.payer_name, e.note, h.label as house_label, m.name as community_name, b.bank_name,
      exists (select from funds.entry r where r.company_id = e.company_id and r.reverses = e.entry_id) as reversed
    from funds.entry e join property.house h on h.company_id = e.company_id and h.house_id = e.house_id join property.community m on m.company_id = e.company_id and m.community_id = e.community_id join funds.bank b on b.company_id = e.company_id and b.bank_id = e.bank_id
    where e.company_id = ${scope.company_id} and e.entry_id = ${entry_id} and ${housesSeenBy(scope, { alias: 'e' })}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  if (!RECEIPTED.includes(rows[0].kind)) throw scope.refuse('funds.no_receipt')
  return rows[0]
}

const issueReceipt = answer(funds.issueReceipt, async (scope, { entry_id }) => {
  const e = await entryToRead(scope, entry_id)
  const c = scope.company_id
  // Two who print at once: the second waits for the entry and finds the number.
  await sql`select from funds.house_account where company_id = ${c} and house_id = ${e.house_id} for update`.execute(scope.db)
  const again = await scope.db.updateTable('funds.receipt').set((x) => ({ print_count: x('print_count', '+', 1) })).where('company_id', '=', c).where('entry_id', '=', entry_id).returning(['receipt_no', 'print_count']).executeTakeFirst()
  if (again) return again
  if (e.reversed) throw scope.refuse('funds.no_receipt')
  const receipt_no = await drawNumber(scope, 'receipt')
  await scope.db.insertInto('funds.receipt').values({ company_id: c, receipt_id: uuidv7(), entry_id, receipt_no, issued_by: scope.who.account_id, issued_at: scope.now }).execute()
  scope.note('fund_receipt', receipt_no, { entry_id, amount_fen: e.amount_fen })
  return { receipt_no, print_count: 1 }
})

const companyName = async (scope: Scope): Promise<string> => (await scope.db.selectFrom('identity.company').select('name').where('company_id', '=', scope.company_id).executeTakeFirstOrThrow()).name

export const paperAnswers = [
  issueReceipt,
  answerFile(funds.receiptPdf, async (scope, { entry_id }) => {
    const e = await entryToRead(scope, entry_id)
    const r = await scope.db.selectFrom('funds.receipt').selectAll().where('company_id', '=', scope.company_id).where('entry_id', '=', entry_id).executeTakeFirst()
    if (!r) throw scope.refuse('funds.no_receipt')
    const [owners, names] = [await ownerNames(scope, [e.house_id]), await memberNames(scope, [r.issued_by])]
    const body = await renderPdf('receipt_a5', {
      company_name: await companyName(scope), community_name: e.community_name, title: '维修资金缴存收据', receipt_no: r.receipt_no, received_on: e.value_on, payer_name: e.payer_name ?? owners.get(e.house_id) ?? '业主', house_name: `${e.community_name} ${e.house_label}`,
      lines: [{ item: `住宅专项维修资金(${KINDS[e.kind]!})`, period: null, working: e.note ?? '', due_fen: fen(e.amount_fen), paid_fen: fen(e.amount_fen) }], tenders: [{ name: `存入专户 ${e.bank_name}`, amount_fen: fen(e.amount_fen) }],
      prepaid_used_fen: fen(0), prepaid_added_fen: fen(0), arrears_fen: null, cashier_name: (r.issued_by && names.get(r.issued_by)) || '', remark: `银行凭证号 ${e.voucher_no ?? '—'}`, qr_text: null, reprint_count: r.print_count - 1, voided: e.reversed,
    })
    return { name: `维修资金收据_${r.receipt_no}.pdf`, type: 'application/pdf', body, inline: true }
  }),
  answerFile(funds.accountPdf, async (scope, { house_id }) => {
    const h = await houseToRead(scope, house_id)
    const c = scope.company_id
    const rows = await scope.db.selectFrom('funds.entry').selectAll().where('company_id', '=', c).where('house_id', '=', house_id).orderBy('created_at').orderBy('entry_id').limit(ROWS_MAX).execute()
    const account = await sql<{ balance_fen: number; first_fen: number; bank_name: string; community_name: string }>`select a.balance_fen, a.first_fen, b.bank_name, m.name as community_name from funds.house_account a join funds.bank b on b.company_id = a.company_id and b.bank_id = a.bank_id join property.community m on m.company_id = a.company_id and m.community_id = a.community_id
      where a.company_id = ${c} and a.house_id = ${house_id}`.execute(scope.db)
    const a = account.rows[0]
    if (!a) throw scope.notFound()
    const owners = await ownerNames(scope, [house_id])
    const body = await renderPdf('table_a4', {
      company_name: await companyName(scope), title: '住宅专项维修资金分户账', filters: [`房屋:${a.community_name} ${h.label}`, `业主:${owners.get(house_id) ?? '—'}`, `建筑面积:${h.built_area_m2} ㎡`, `专户:${a.bank_name}`],
      columns: [{ title: '记账日', kind: 'day' }, { title: '缴存日', kind: 'day' }, { title: '类别', kind: 'text' }, { title: '摘要', kind: 'text' }, { title: '凭证号', kind: 'code' }, { title: '收入', kind: 'fen' }, { title: '支出', kind: 'fen' }, { title: '余额', kind: 'fen' }],
      rows: rows.map((e) => [e.booked_on, e.value_on, KINDS[e.kind] ?? e.kind, e.note ?? '', e.voucher_no ?? '', e.amount_fen > 0 ? e.amount_fen : null, e.amount_fen < 0 ? -e.amount_fen : null, e.balance_fen]),
      totals: ['合计', null, null, null, null, rows.reduce((n, e) => n + Math.max(e.amount_fen, 0), 0), rows.reduce((n, e) => n + Math.max(-e.amount_fen, 0), 0), a.balance_fen], printed_by: scope.who.name, printed_at: scope.today,
    })
    return { name: `维修资金分户账_${h.label}.pdf`, type: 'application/pdf', body, inline: true }
  }),
]
