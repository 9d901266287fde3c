// One legal case: what is claimed with its limitation, every step with its proof, the papers.
import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, ExcelButton, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { Upload, type Uploaded } from '../../../ui/Upload.tsx'
import { billing, type LegalDetail, type LegalStep } from '../contract.ts'
import { words } from '../words.ts'

const PAPERS = [{ key: 'demand', label: '催缴函' }, { key: 'lawyer', label: '律师函' }, { key: 'claims', label: '欠费明细表' }] as const

export default function LegalCasePage() {
  const case_id = useParam('case_id')
  const read = useRead(billing.legalCase, { case_id })
  const add = useWrite(billing.addLegalStep, { in_form: true, done: '已登记' })
  const close = useWrite(billing.closeLegalCase, { in_form: true, done: '已结案' })
  const cancel = useWrite(billing.voidLegalStep, { in_form: true, done: '已作废' })
  const [open, setOpen] = useState<'step' | 'close'>()
  const [voiding, setVoiding] = useState<LegalStep>()
  const [files, setFiles] = useState<readonly Uploaded[]>([])
  const d = read.data
  const shut = () => { setOpen(undefined); setFiles([]); add.reset(); close.reset() }
  return (
    <>
      <DetailPage
        title={d ? `法务催收 ${d.house_label} ${d.payer_name}` : '法务催收案'} loading={read.loading} error={read.error} retry={read.retry} back="/billing/legal"
        tags={d ? <StateTag value={d.outcome ?? d.state} words={{ ...words.states?.['legal_case'], ...words.states?.['outcome'] }} tones={{ open: 'warn', paid: 'good', settled: 'good' }} /> : null}
        actions={
          d ? (
            <>
              <Dropdown menu={{ items: PAPERS.map((p) => ({ key: p.key, label: <a href={fileUrl(billing.legalPaper, { case_id, paper: p.key })} target="_blank" rel="noreferrer">{p.label}</a> })) }}><Button>打印文书</Button></Dropdown>
              <CanButton can={d.can.write} words={words} onClick={() => setOpen('close')}>结案</CanButton>
              <CanButton type="primary" can={d.can.write} words={words} onClick={() => setOpen('step')}>登记步骤</CanButton>
            </>
          ) : null
        }
        facts={
          d
            ? [
                ['房产', <Go key="h" to={`/property/houses/${d.house_id}?tab=bills`}>{d.community_name} {d.house_label}</Go>],
                ['欠费人', d.payer_name],
                ['立案', `${d.opened_on} ${d.created_by_name}`],
                ['立案时未收', <MoneyText key="c" fen={d.claimed_fen} />],
                ['现在未收', <MoneyText key="o" fen={d.open_fen} owed strong />],
                ['未计收违约金', <MoneyText key="l" fen={d.late_fen} />],
                ['诉讼时效最早届满', d.expires_on],
                ...(d.note ? [['说明', d.note] as const] : []),
                ...(d.closed_on ? [['结案', `${d.closed_on} ${d.close_note ?? ''}`] as const] : []),
              ]
            : []
        }
        tabs={d ? [{ key: 'steps', label: '步骤', badge: d.steps.length, children: () => <Steps d={d} onVoid={setVoiding} /> }, { key: 'claims', label: '请求的账单', badge: d.claims.length, children: () => <Claims d={d} /> }] : []}
      />
      {open === 'step' && d ? (
        <FormDrawer
          open call={billing.addLegalStep} title="登记法务步骤" initial={{ done_on: today() }} onClose={shut} loading={add.running} submitError={add.error} fixed={{ case_id, ...(files.length ? { attachments: files.map((f) => f.file_id) } : {}) }} words={{ kind: words.states?.['legal_step'], delivery: words.states?.['delivery'] }}
          fields={['kind', 'done_on', 'person', { name: 'office', when: (v) => !['contact', 'demand', 'acknowledged'].includes(String(v['kind'])) }, 'document_no', 'delivery', { name: 'delivered_on', when: (v) => Boolean(v['delivery']) }, { name: 'note', wide: true }]}
          onSubmit={async (input) => { if (await add.run(input)) shut() }}
        >
          <Upload purpose="proof" accept=".pdf,.jpg,.jpeg,.png" label="上传证明" hint="签收单、邮寄回执、裁判文书等" disabled={files.length >= 10} onDone={(f) => setFiles([...files, f])} />
          {files.map((f) => <div key={f.file_id}>{f.name}</div>)}
        </FormDrawer>
      ) : null}
      {open === 'close' && d ? <FormModal open call={billing.closeLegalCase} title="结案" submit="结案" onClose={shut} loading={close.running} submitError={close.error} fixed={{ case_id }} words={{ outcome: words.states?.['outcome'] }} fields={['outcome', 'note']} onSubmit={async (input) => { if (await close.run(input)) shut() }} /> : null}
      {voiding ? <ReasonModal open danger title="作废这一步" submit="作废" onClose={() => { setVoiding(undefined); cancel.reset() }} loading={cancel.running} submitError={cancel.error} suggestions={['登记有误', '文书未实际送达']} onConfirm={async (reason) => { if (await cancel.run({ step_id: voiding.step_id, reason })) setVoiding(undefined) }} /> : null}
    </>
  )
}

function Steps({ d, onVoid }: { d: LegalDetail; onVoid: (s: LegalStep) => void }) {
  return (
    <RowsTable
      label="步骤" rows={d.steps} row_key="step_id" empty="还没有登记步骤"
      columns={[
        { key: 'done_on', title: '日期', width: 105 },
        { key: 'kind', title: '步骤', width: 120, show: (s) => <span style={s.voided ? { textDecoration: 'line-through' } : {}}>{words.states?.['legal_step']?.[s.kind]}</span> },
        { key: 'person', title: '经办人或律师', width: 110 },
        { key: 'office', title: '律所、法院', width: 120 },
        { key: 'document_no', title: '文书号', width: 125 },
        { key: 'delivery', title: '送达', width: 165, show: (s) => (s.delivery ? `${s.delivered_on ?? ''} ${words.states?.['delivery']?.[s.delivery] ?? ''}` : '—') },
        { key: 'restarts', title: '时效重新起算', width: 100 },
        { key: 'note', title: '说明', width: 150, show: (s) => (s.voided ? `已作废:${s.void_reason ?? ''}` : s.note) },
        { key: 'files', title: '证明', width: 110, show: (s) => s.files.map((f) => <ExcelButton key={f.file_id} size="small" type="link" call={billing.legalFile} input={{ case_id: d.case_id, file_id: f.file_id }} label={f.name} />) },
        { key: 'act', title: '操作', width: 70, show: (s) => (!s.voided && d.can.write === true ? <Button size="small" onClick={() => onVoid(s)}>作废</Button> : null) },
      ]}
    />
  )
}

function Claims({ d }: { d: LegalDetail }) {
  return (
    <RowsTable
      label="请求的账单" rows={d.claims} row_key="bill_id" empty="" totals={{ amount_fen: money(d.claims.reduce((n, x) => n + x.amount_fen, 0)), open_fen: money(d.open_fen), late_fen: money(d.late_fen) }}
      columns={[
        { key: 'period_on', title: '账期', width: 100, show: (x) => <Go to={`/billing/bills/${x.bill_id}`}>{x.period_on.slice(0, 7)}</Go> },
        { key: 'fee_item_name', title: '收费项目', width: 140 },
        { key: 'due_on', title: '到期日', width: 110 },
        { key: 'amount_fen', title: '应收', width: 110 },
        { key: 'open_fen', title: '现在未收', width: 110 },
        { key: 'late_fen', title: '未计收违约金', width: 120 },
        { key: 'expires_on', title: '时效届满日', width: 110 },
      ]}
    />
  )
}
