// Discounts of one house, in its file: what is in force, and asking for one.
import { Button } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { Upload, type Uploaded } from '../../../ui/Upload.tsx'
import { billing } from '../contract.ts'
import { words } from '../words.ts'
import { rate } from './shown.tsx'

export function HouseDiscounts({ house_id, community_id }: { house_id: string; community_id: string }) {
  const may = useMay()
  const list = useRead(billing.houseDiscounts, { house_id, page_size: 50 }, { enabled: may('billing.waiver.read') })
  const rules = useRead(billing.discountRules, { community_id }, { enabled: may('billing.waiver.ask') && may('billing.waiver.read') })
  const ask = useWrite(billing.askHouseDiscount, { in_form: true, done: '已提交,等待另一人审批', invalidates: 'all' })
  const [open, setOpen] = useState(false)
  const [files, setFiles] = useState<readonly Uploaded[]>([])
  const live = (rules.data?.rows ?? []).filter((r) => !r.to_on)
  if (!may('billing.waiver.read')) return null
  return (
    <section className="hy-stack" aria-label="空置与折扣">
      <div className="hy-row"><h3>空置与折扣</h3>{live.length ? <Button onClick={() => setOpen(true)}>申请折扣</Button> : null}</div>
      {list.data?.rows.length ? (
        <RowsTable
          label="折扣" rows={list.data.rows} row_key="discount_id" empty=""
          columns={[{ key: 'rule_name', title: '折扣', width: 140 }, { key: 'pay_bp', title: '缴纳比例', width: 90, align: 'right', show: (r) => rate(r.pay_bp) }, { key: 'from_on', title: '起', width: 105 }, { key: 'to_on', title: '止(不含)', width: 105, show: (r) => r.to_on ?? '长期' }, { key: 'proof', title: '证明与查验', width: 220 }, { key: 'state', title: '状态', width: 90, show: (r) => <Go to={`/system/approvals/${r.approval_id}`}><StateTag value={r.state} words={words.states?.['discount']} tones={{ asked: 'warn', active: 'good' }} /></Go> }, { key: 'reduced_fen', title: '累计折扣', width: 105 }]}
        />
      ) : <span className="hy-muted">没有享受折扣</span>}
      {open ? (
        <FormDrawer
          open call={billing.askHouseDiscount} title="申请空置等折扣" submit="提交审批" onClose={() => { setOpen(false); ask.reset() }} loading={ask.running} submitError={ask.error} fixed={{ house_id, ...(files.length ? { attachments: files.map((f) => f.file_id) } : {}) }}
          fields={[{ name: 'rule_id', kind: 'select', options: live.map((r) => ({ value: r.rule_id, label: `${r.name}(按 ${rate(r.pay_bp)} 缴纳)` })) }, 'from_on', 'to_on', { name: 'proof', kind: 'area', placeholder: '如:现场查验无人居住,水表三个月无走数' }]}
          onSubmit={async (input) => { if (await ask.run(input)) { setOpen(false); setFiles([]) } }}
        >
          <Upload purpose="proof" accept=".pdf,.jpg,.jpeg,.png" label="上传证明" hint="查验照片、承诺书等" disabled={files.length >= 10} onDone={(f) => setFiles([...files, f])} />
          {files.map((f) => <div key={f.file_id}>{f.name}</div>)}
        </FormDrawer>
      ) : null}
    </section>
  )
}
