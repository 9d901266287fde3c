// Layouts, account numbers of the other program, and the file itself.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuan } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeCsv, writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { accountsOf } from '../../ledger/server/index.ts'
import { closing, type Batch, type Layout } from '../contract.ts'
import { PRESETS, VOUCHER_FIELDS, type LayoutColumn, type VoucherField } from '../voucher_layouts.ts'
import { wholeCompany } from './access.ts'
import { batchToRead, voucherLines, type VoucherRead } from './vouchers.ts'

const LINES_MAX = 200_000
async function layouts(scope: Scope): Promise<Layout[]> {
  const { rows } = await sql<{ layout_id: string; name: string; format: 'xlsx' | 'csv'; voucher_word: string; columns: LayoutColumn[]; disabled: boolean }>`select layout_id, name, format, voucher_word, columns, disabled_at is not null as disabled from closing.voucher_layout where company_id = ${scope.company_id} order by name limit 200`.execute(scope.db)
  return [...rows.map((r) => ({ ...r, key: r.layout_id })), ...PRESETS.map((p) => ({ layout_id: null, key: p.key, name: p.name, format: p.format, voucher_word: '记', columns: p.columns, disabled: false }))]
}
async function layoutOf(scope: Scope, key: string): Promise<Layout> {
  const found = (await layouts(scope)).find((l) => l.key === key && !l.disabled)
  if (!found) throw scope.refuse('closing.layout_unknown')
  return found
}

function valueOf(column: LayoutColumn, l: VoucherRead, b: Batch, layout: Layout): string | number {
  if (column.value.startsWith('=')) return column.value.slice(1)
  const field: Record<VoucherField, () => string | number> = {
    date: () => l.booked_on, year: () => l.booked_on.slice(0, 4), period: () => l.booked_on.slice(5, 7).replace(/^0/, ''), word: () => layout.voucher_word, no: () => String(l.voucher_no), line_no: () => String(l.line_no), note: () => l.note,
    account_code: () => l.account_code, account_name: () => l.account_name, debit: () => l.debit_fen, credit: () => l.credit_fen, amount: () => l.debit_fen + l.credit_fen, direction: () => (l.debit_fen > 0 ? '借' : '贷'),
    community: () => l.community_name ?? '', attachments: () => String(l.journal_count), maker: () => b.created_by_name ?? '', batch_no: () => String(b.batch_no),
  }
  return field[column.value as VoucherField]?.() ?? ''
}
const isMoney = (c: LayoutColumn): boolean => c.value === 'debit' || c.value === 'credit' || c.value === 'amount'

export const voucherFileAnswers = [
  answer(closing.voucherLayouts, async (scope) => ({ rows: await layouts(scope), fields: Object.entries(VOUCHER_FIELDS).map(([value, label]) => ({ value, label })) })),
  answer(closing.saveVoucherLayout, async (scope, o) => {
    wholeCompany(scope)
    const strange = o.columns.find((c) => !c.value.startsWith('=') && !(c.value in VOUCHER_FIELDS))
    if (strange) throw scope.refuse('closing.layout_field_unknown', { title: strange.title, value: strange.value })
    const c = scope.company_id
    const same = await scope.db.selectFrom('closing.voucher_layout').select('layout_id').where('company_id', '=', c).where('name', '=', o.name).executeTakeFirst()
    if ((same && same.layout_id !== o.layout_id) || PRESETS.some((p) => p.name === o.name)) throw scope.refuse('closing.layout_name_taken', { name: o.name })
    const fields = { name: o.name, format: o.format, voucher_word: o.voucher_word, columns: JSON.stringify(o.columns), disabled_at: o.disabled ? scope.now : null }
    if (o.layout_id) {
      const done = await scope.db.updateTable('closing.voucher_layout').set(fields).where('company_id', '=', c).where('layout_id', '=', o.layout_id).returning('layout_id').executeTakeFirst()
      if (!done) throw scope.notFound()
      scope.note('voucher_layout', o.layout_id, { name: o.name })
      return { layout_id: o.layout_id }
    }
    const layout_id = uuidv7()
    await scope.db.insertInto('closing.voucher_layout').values({ company_id: c, layout_id, ...fields, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('voucher_layout', layout_id, { name: o.name })
    return { layout_id }
  }),
  answer(closing.voucherAccounts, async (scope, { book }) => {
    wholeCompany(scope)
    const { rows } = await sql<{ account_code: string; target_code: string; target_name: string | null }>`select account_code, target_code, target_name from closing.voucher_account where company_id = ${scope.company_id} and book = ${book}`.execute(scope.db)
    const by = new Map(rows.map((r) => [r.account_code, r]))
    return { rows: (await accountsOf(scope, book)).map((a) => ({ account_code: a.code, account_name: a.name, target_code: by.get(a.code)?.target_code ?? null, target_name: by.get(a.code)?.target_name ?? null })) }
  }),
  answer(closing.saveVoucherAccount, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    if (!(await accountsOf(scope, o.book)).some((a) => a.code === o.account_code)) throw scope.refuse('closing.account_unknown', { code: o.account_code })
    if (o.target_code === '') await scope.db.deleteFrom('closing.voucher_account').where('company_id', '=', c).where('book', '=', o.book).where('account_code', '=', o.account_code).execute()
    else
      await sql`insert into closing.voucher_account (company_id, book, account_code, target_code, target_name, changed_by, changed_at) values (${c}, ${o.book}, ${o.account_code}, ${o.target_code}, ${o.target_name ?? null}, ${scope.who.account_id}, ${scope.now})
        on conflict (company_id, book, account_code) do update set target_code = excluded.target_code, target_name = excluded.target_name, changed_by = excluded.changed_by, changed_at = excluded.changed_at`.execute(scope.db)
    scope.note('voucher_account', `${o.book} ${o.account_code}`, { target_code: o.target_code })
    return { target_code: o.target_code || null }
  }),
  answer(closing.exportVouchers, async (scope, { batch_id, layout }) => {
    const batch = await batchToRead(scope, batch_id)
    if (batch.voided_at) throw scope.refuse('closing.batch_void')
    await layoutOf(scope, layout)
    const { rows } = await sql<{ export_count: number }>`update closing.voucher_batch set export_count = export_count + 1 where company_id = ${scope.company_id} and batch_id = ${batch_id} returning export_count`.execute(scope.db)
    const export_no = rows[0]!.export_count
    scope.note('voucher_batch', batch_id, { export_no, layout })
    return { export_no, input: { batch_id, layout, export_no } }
  }),
  answerFile(closing.voucherFile, async (scope, { batch_id, layout: key, export_no }) => {
    const batch = await batchToRead(scope, batch_id)
    if (batch.voided_at) throw scope.refuse('closing.batch_void')
    if (export_no > batch.export_count) throw scope.notFound()
    const layout = await layoutOf(scope, key)
    const lines = await voucherLines(scope, batch, LINES_MAX, 0)
    const name = `凭证_${batch.month}_第${batch.batch_no}批${export_no > 1 ? `_补导${export_no}` : ''}`
    if (layout.format === 'csv') {
      const rows = lines.map((l) => layout.columns.map((c) => { const v = valueOf(c, l, batch, layout); return isMoney(c) ? yuan(fen(v as number)) : v }))
      return { name: `${name}.csv`, type: 'text/csv; charset=utf-8', body: writeCsv([layout.columns.map((c) => c.title), ...rows]) }
    }
    const body = await writeSheet({ sheets: [{ name: '凭证', columns: layout.columns.map((c) => ({ title: c.title, kind: isMoney(c) ? ('money_fen' as const) : ('text' as const) })), rows: lines.map((l) => layout.columns.map((c) => valueOf(c, l, batch, layout))) }] })
    return { name: `${name}.xlsx`, type: XLSX, body }
  }),
]
