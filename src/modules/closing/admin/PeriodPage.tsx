import { useState } from 'react'
import { addDays, addMonths } from '../../../kernel/clock.ts'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { count, instant, money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { BOOKS } from '../../ledger/contract.ts'
import { words as ledgerWords } from '../../ledger/words.ts'
import { closing, type Reopening } from '../contract.ts'
import { words } from '../words.ts'
import { Checks } from './shared.tsx'

const ALL = { ...words, refusals: { ...ledgerWords.refusals, ...words.refusals } }

export default function PeriodPage() {
  const asked_book = useParam('book')
  const book = BOOKS.find((b) => b === asked_book) ?? 'company'
  const month = useParam('month')
  const one = useRead(closing.period, { book, month })
  const close = useWrite(closing.closePeriod, { in_form: true, done: '已结账', invalidates: 'all' })
  const ask = useWrite(closing.askReopening, { in_form: true, done: '已提交,等待另一人批准' })
  const decide = useWrite(closing.decideReopening, { done: (a) => (a.state === 'approved' ? '已重开' : '已驳回'), invalidates: 'all' })
  const book_text = ledgerWords.states?.['book']?.[book] ?? book
  const [open, setOpen] = useState<'close' | 'ask'>()
  const [refusing, setRefusing] = useState<Reopening>()
  const approve = async (r: Reopening) => {
    if (await confirm({ title: `批准反结账 ${book_text} ${month}?`, content: `${r.asked_by_name ?? ''}:${r.reason}。批准后该月重新可以入账,更正后须再次结账;余额表与公示以重新结账后的为准。`, ok: '批准', danger: true })) await decide.run({ reopening_id: r.reopening_id, decision: 'approve' }, r.reopening_id)
  }
  const d = one.data
  return (
    <>
      <DetailPage
        title={`${book_text} ${month}`} loading={one.loading} error={one.error} retry={one.retry} back="/closing/periods"
        tags={d ? <StateTag value={d.state} words={words.states?.['period']} tones={{ closed: 'good', open: 'warn' }} /> : null}
        actions={d ? (d.state === 'open' ? <CanButton type="primary" can={d.can.close} words={ALL} onClick={() => setOpen('close')}>结账</CanButton> : <CanButton danger can={d.can.reopen} words={ALL} onClick={() => setOpen('ask')}>申请反结账</CanButton>) : null}
        facts={
          d?.closing
            ? [
                ['结账', `${d.closing.closed_by_name ?? '系统'} ${instant(d.closing.closed_at)}`], ['凭证', <Go key="j" to={`/ledger/journals?book=${book}&from_on=${month}-01&to_on=${addDays(`${addMonths(month, 1)}-01`, -1)}`}>{count(d.closing.journal_count)} 张</Go>],
                ['本期借方', money(d.closing.debit_fen)], ['本期贷方', money(d.closing.credit_fen)], ['余额表', <Go key="t" to={`/ledger/trial?book=${book}&from=${month}&to=${month}`}>打开</Go>], ['余额摘要', `${d.closing.balance_hash.slice(0, 16)}…`],
              ]
            : [['余额表', <Go key="t" to={`/ledger/trial?book=${book}&from=${month}&to=${month}`}>打开</Go>]]
        }
      >
        {d ? (
          <div className="hy-stack">
            {d.state === 'open' ? <Checks checks={d.checks} clear="都已处理,可以结账" /> : null}
            {d.reopenings.length ? (
              <RowsTable<Reopening>
                label="反结账" rows={d.reopenings} row_key="reopening_id" empty=""
                columns={[
                  { key: 'state', title: '反结账', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['reopening']} tones={{ asked: 'warn', approved: 'bad' }} /> }, { key: 'reason', title: '原因', width: 220 }, { key: 'asked_by_name', title: '申请人', width: 100 }, { key: 'asked_at', title: '申请时间', width: 150 },
                  { key: 'decided_by_name', title: '批准人', width: 100 }, { key: 'decided_at', title: '批准时间', width: 150 }, { key: 'decide_note', title: '意见', width: 150 },
                  { key: 'act', title: '操作', width: 160, show: (r) => (r.state === 'asked' ? <span className="hy-line"><CanButton size="small" type="primary" can={r.can.decide} words={ALL} loading={decide.running} onClick={() => void approve(r)}>批准</CanButton><CanButton size="small" can={r.can.decide} words={ALL} onClick={() => setRefusing(r)}>驳回</CanButton></span> : '—') },
                ]}
              />
            ) : null}
          </div>
        ) : null}
      </DetailPage>
      {open === 'close' ? <FormModal open onClose={() => setOpen(undefined)} title={`结账 ${book_text} ${month}`} submit="结账" call={closing.closePeriod} fields={['note']} fixed={{ book, month }} loading={close.running} submitError={close.error} note={<p>结账后该月不能再入账,更正只能记在未结账的月份。</p>} onSubmit={async (i) => { if (await close.run(i)) setOpen(undefined) }} /> : null}
      {refusing ? <ReasonModal open label="驳回意见" title={`驳回反结账 ${book_text} ${month}`} danger submit="驳回" onClose={() => setRefusing(undefined)} loading={decide.running} submitError={decide.error} onConfirm={async (note) => { if (await decide.run({ reopening_id: refusing.reopening_id, decision: 'refuse', note }, refusing.reopening_id)) setRefusing(undefined) }} /> : null}
      {open === 'ask' && d?.closing ? <ReasonModal open title={`申请反结账 ${book_text} ${month}`} danger submit="提交申请" onClose={() => setOpen(undefined)} loading={ask.running} submitError={ask.error} onConfirm={async (reason) => { if (await ask.run({ closing_id: d.closing!.closing_id, reason })) setOpen(undefined) }} /> : null}
    </>
  )
}
