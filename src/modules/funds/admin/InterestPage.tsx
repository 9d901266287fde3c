// 计息: tried by one person, booked by another; each run opens its lines.
import { Button } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, ExcelButton, StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { PlaceButton } from '../../../ui/PlaceButton.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { funds } from '../contract.ts'
import type { InterestRun } from '../interest_contract.ts'
import { words } from '../words.ts'

const TONES = { draft: 'warn', booked: 'good', cancelled: 'plain' } as const

export default function InterestPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useRead(funds.interestRuns, place_id ? { community_id: place_id } : {})
  const draft = useWrite(funds.draftInterest, { in_form: true, done: (a) => `试算 ${a.house_count} 户,合计 ${money(a.total_fen)} 元` })
  const cancel = useWrite(funds.cancelInterest, { done: '已取消' })
  const [open, setOpen] = useState(false)
  const [run, setRun] = useState<InterestRun>()
  // Interest goes on where the last run ended.
  const follows = (list.data?.rows ?? []).filter((r) => r.community_id === place_id && r.state !== 'cancelled').map((r) => r.to_on).sort().at(-1)
  return (
    <ReadPage title="维修资金计息" loading={list.loading} error={list.error} retry={list.retry} actions={may('funds.interest.draft') ? <PlaceButton type="primary" onPlace={() => setOpen(true)}>计息试算</PlaceButton> : null}>
      <RowsTable
        label="计息" rows={list.data?.rows ?? []} row_key="run_id" empty="还没有计息"
        columns={[
          { key: 'from_on', title: '起(含)', width: 110 }, { key: 'to_on', title: '结息日(不含)', width: 120 }, { key: 'community_name', title: '小区', width: 120 }, { key: 'term_rate', title: '定期/活期(%)', width: 130, show: (r) => `${r.term_rate} / ${r.current_rate}` },
          { key: 'total_fen', title: '利息合计', width: 130 }, { key: 'house_count', title: '户数', width: 80 }, { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['interest']} tones={TONES} /> },
          { key: 'created_by_name', title: '试算人', width: 90 }, { key: 'booked_by_name', title: '入账人', width: 90 },
          { key: 'act', title: '操作', width: 170, show: (r) => <span className="hy-line"><Button size="small" onClick={() => setRun(r)}>{r.state === 'draft' ? '核对' : '明细'}</Button>{r.state === 'draft' && may('funds.interest.draft') ? <CanButton size="small" can={r.can.cancel} words={words} loading={cancel.running} onClick={() => void (async () => { if (await confirm({ title: '取消这次计息?' })) await cancel.run({ run_id: r.run_id }) })()}>取消</CanButton> : null}</span> },
        ]}
      />
      {open && place_id ? (
        <FormDrawer open title="计息试算" call={funds.draftInterest} onClose={() => { setOpen(false); draft.reset() }} loading={draft.running} submitError={draft.error} submit="试算" fixed={{ community_id: place_id }} fields={['from_on', 'to_on', 'bank_fen']} initial={follows ? { from_on: follows } : {}} note={<p className="hy-muted">期初余额中整期未动用的按定期利率,其余按活期利率逐日计算;填了银行实际结息时按同样的比例分到每户,合计分毫不差。</p>} onSubmit={async (input) => { if (await draft.run(input)) setOpen(false) }} />
      ) : null}
      {run ? <Lines run={run} close={() => setRun(undefined)} books={may('funds.interest.book')} /> : null}
    </ReadPage>
  )
}

function Lines({ run, close, books }: { run: InterestRun; close: () => void; books: boolean }) {
  const may = useMay()
  const read = useRead(funds.interestRun, { run_id: run.run_id })
  const book = useWrite(funds.bookInterest, { in_form: true, done: '利息已入账' })
  const can = run.state === 'draft' && books && run.can.book === true
  return (
    <FormModal
      open width={760} title={`利息 ${run.from_on} 至 ${run.to_on}(不含)`} call={funds.bookInterest} onClose={close} loading={book.running} submitError={book.error} submit={can ? '入账' : '关闭'} fixed={can ? { run_id: run.run_id } : { run_id: run.run_id, voucher_no: run.voucher_no ?? '—' }} fields={can ? ['voucher_no'] : []}
      note={run.state === 'draft' && !can ? <p className="hy-muted">由试算人以外、有入账权限的人入账。</p> : null}
      onSubmit={async (input) => { if (!can || (await book.run(input))) close() }}
    >
      {may('funds.fund.export') ? <p><ExcelButton call={funds.interestExcel} input={{ run_id: run.run_id }} label="导出清单" /></p> : null}
      {read.error ? <ErrorBlock error={read.error} retry={read.retry} /> : read.data ? <RowsTable label="计息明细" rows={read.data.lines} row_key="house_id" empty="没有明细" height={360} totals={{ interest_fen: money(run.total_fen) }} columns={[{ key: 'house_label', title: '房号', width: 120 }, { key: 'carried_fen', title: '期初余额', width: 130 }, { key: 'kept_fen', title: '按定期计息', width: 130 }, { key: 'interest_fen', title: '利息', width: 110 }]} /> : <LoadingBlock />}
    </FormModal>
  )
}
