import { Alert, Button } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { Upload, type Uploaded } from '../../../ui/Upload.tsx'
import { ledger, type BookName } from '../../ledger/contract.ts'
import { words as ledgerWords } from '../../ledger/words.ts'
import { SPENT_FROM, spending, type RequestRow } from '../contract.ts'
import { words } from '../words.ts'
import { BookHeld, BudgetCheck } from './BudgetCheck.tsx'

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['request']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '申请日' }, { kind: 'select', name: 'book', label: '账簿', options: optionsOf(ledgerWords.states?.['book']) }, { kind: 'text', name: 'account_code', label: '支出科目', placeholder: '科目代码' }, { kind: 'check', name: 'waiting', label: '申请中' }, { kind: 'check', name: 'flagged', label: '只看异常' }]
const flagText = (code: string): string => words.states?.['flag']?.[code] ?? code

function AskDrawer({ close }: { close: () => void }) {
  const { place_id, places } = usePlace()
  const may = useMay()
  // The filter `book` of the list is another thing: this one is the form's own.
  const [book, setBook] = useState<BookName>('company')
  const accounts = useRead(ledger.accounts, { book }, { enabled: may('ledger.posting.read') })
  const ask = useWrite(spending.askSpending, { in_form: true, done: (a) => (a.flags.length ? `已提交;识别出:${a.flags.map((f) => flagText(f.code)).join('、')}` : '已提交审批') })
  const [files, setFiles] = useState<readonly Uploaded[]>([])
  return (
    <FormDrawer
      open onClose={close} title="申请支出" call={spending.askSpending} loading={ask.running} submitError={ask.error} submit="提交审批" words={{ book: ledgerWords.states?.['book'] }}
      note={<span className="hy-muted">动用维修资金不在这里申请,请到 <Go to="/funds/uses">维修资金使用</Go> 立项,经表决或应急程序后支付。</span>}
      follows={(changed) => { if (!changed['book']) return undefined; setBook(changed['book'] as BookName); return { account_code: undefined } }}
      fields={[{ name: 'book', label: '用钱的账簿', kind: 'select', options: SPENT_FROM.map((b) => ({ value: b, label: ledgerWords.states?.['book']?.[b] ?? b })) }, { name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, { name: 'account_code', kind: 'select', options: (accounts.data?.rows ?? []).filter((a) => a.kind === 'expense' && !a.disabled).map((a) => ({ value: a.code, label: `${a.code} ${a.name}` })) }, 'title', 'supplier_name', 'amount_fen', 'reason']}
      initial={{ book, community_id: place_id ?? places[0]?.id ?? '' }} fixed={files.length ? { attachments: files.map((f) => f.file_id) } : {}} onSubmit={async (i) => { if (await ask.run(i)) close() }}
    >
      <BudgetCheck />
      <Upload purpose="proof" accept=".pdf,.jpg,.jpeg,.png" label="上传附件" hint="报价、合同、发票等,审批人可打开" disabled={files.length >= 10} onDone={(f) => setFiles([...files, f])} />
      {files.map((f) => <div key={f.file_id}>{f.name}</div>)}
    </FormDrawer>
  )
}

export default function RequestsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(spending.requests, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const rules = useRead(spending.flagRules, {}, { stale_ms: 60_000 })
  const pay = useWrite(spending.paySpending, { in_form: true, done: '已付款入账' })
  const rule = useWrite(spending.setFlagRule, { in_form: true, done: '已设定' })
  const [open, setOpen] = useState<'ask' | 'rules' | RequestRow>()
  const [code, setCode] = useState<(typeof RULES)[number]>()
  const close = () => setOpen(undefined)
  const columns: readonly Column<RequestRow>[] = [
    { key: 'title', title: '事项', width: 200, always: true },
    { key: 'community_name', title: '小区', width: 120 },
    { key: 'supplier_name', title: '收款单位', width: 160 },
    { key: 'account_name', title: '支出科目', width: 200 },
    { key: 'book', title: '账簿', width: 120, show: (r) => ledgerWords.states?.['book']?.[r.book] },
    { key: 'amount_fen', title: '金额', width: 120 },
    { key: 'flags', title: '异常', width: 180, show: (r) => (r.flags.length ? <span title={r.flags.map((f) => `${flagText(f.code)}:${f.detail}`).join('\n')}>{r.flags.map((f) => <StateTag key={f.code} value={f.code} words={words.states?.['flag']} tones={{ [f.code]: 'warn' }} />)}</span> : '—') },
    { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['request']} tones={{ asked: 'warn', approved: 'busy', paid: 'good' }} /> },
    { key: 'asked_by_name', title: '申请人', width: 90 },
    { key: 'asked_at', title: '申请时间', width: 150 },
    { key: 'paid_on', title: '付款日', width: 110 },
    { key: 'act', title: '操作', width: 110, show: (r) => (r.journal_id ? <Go to={`/ledger/journals/${r.journal_id}`}>凭证</Go> : r.state === 'approved' ? <CanButton size="small" type="primary" can={r.can.pay} words={words} onClick={() => setOpen(r)}>付款</CanButton> : '') },
  ]
  return (
    <>
      <ListPage
        {...list} title="支出申请" name="spending.requests" columns={columns} row_key="spending_id" totals={(d) => ({ amount_fen: money(d.amount_fen_sum) })} empty={{ text: '没有支出申请' }} excel={may('spending.request.export') ? spending.requestsExcel : undefined}
        actions={<><Button onClick={() => setOpen('rules')}>异常规则</Button>{may('spending.request.ask') ? <Button type="primary" onClick={() => setOpen('ask')}>申请支出</Button> : null}</>}
      />
      {open === 'ask' ? <AskDrawer close={close} /> : null}
      {open === 'rules' && rules.data ? (
        <FormModal
          key={code ?? ''} open onClose={close} width={680} title="异常支出规则" submit="保存" call={spending.setFlagRule} loading={rule.running} submitError={rule.error} words={{ code: words.states?.['flag'] ?? {} }}
          note={<RowsTable label="规则" rows={rules.data.rows} row_key="code" empty="" columns={[{ key: 'code', title: '规则', width: 120, show: (r) => flagText(r.code) }, { key: 'enabled', title: '启用', width: 70, show: (r) => (r.enabled ? '是' : '否') }, { key: 'limit_fen', title: '金额界线', width: 120 }, { key: 'days', title: '天数', width: 70 }, { key: 'act', title: '', width: 80, show: (r) => (may('spending.rule.write') ? <Button size="small" onClick={() => setCode(r.code)}>修改</Button> : '') }]} />}
          fields={code ? [{ name: 'code', kind: 'select', disabled: true }, 'enabled', { name: 'limit_fen', when: () => code === 'split' || code === 'round_sum' }, { name: 'days', when: () => code === 'split' }] : []}
          initial={code ? rules.data.rows.find((r) => r.code === code) ?? {} : {}}
          onSubmit={async (i) => { if (code && (await rule.run(i))) setCode(undefined) }}
        />
      ) : null}
      {typeof open === 'object' ? (
        <FormModal
          open onClose={close} title={`付款 ${open.title} ${money(open.amount_fen)} 元`} submit="付款入账" call={spending.paySpending} loading={pay.running} submitError={pay.error} words={{ pay_from: words.states?.['pay_from'] ?? {} }}
          note={<div className="hy-stack" style={{ marginBottom: 12 }}>{open.flags.length ? <Alert type="warning" showIcon title={open.flags.map((f) => `${flagText(f.code)}:${f.detail}`).join(';')} /> : null}<BookHeld community_id={open.community_id} book={open.book} amount_fen={open.amount_fen} waits /></div>}
          fields={[{ name: 'pay_from', kind: 'select' }, { name: 'own_account', help: '该账簿有自己的银行账户时选「是」;否则由公司账户付,记账簿往来' }, 'reference']} initial={{ pay_from: '1002', own_account: false }} fixed={{ spending_id: open.spending_id }} onSubmit={async (i) => { if (await pay.run(i)) close() }}
        />
      ) : null}
    </>
  )
}
const RULES = ['over_budget', 'no_budget', 'split', 'same_supplier_day', 'weekend', 'round_sum'] as const
