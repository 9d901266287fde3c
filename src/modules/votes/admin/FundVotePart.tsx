// On a use of the maintenance fund that waits for its vote: take the result of a published one instead of typing the figures.
import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Go } from '../../../ui/address.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { votes } from '../contract.ts'

export function FundVotePart({ id: use_id }: { id: string }) {
  const list = useRead(votes.fundMotions, { use_id }, { stale_ms: 0 })
  const record = useWrite(votes.recordInFund, { done: (a) => `已登记表决结果:${a.passed ? '通过' : '未通过'}`, invalidates: 'all' })
  const [open, setOpen] = useState(false)
  if (!list.data?.rows.length) return null
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>选用业主大会表决结果</Button>
      {open ? (
        <Modal open title="选用业主大会表决结果" onCancel={() => setOpen(false)} width={820} footer={<Button onClick={() => setOpen(false)}>关闭</Button>}>
          <p className="hy-muted">列出范围与本项目相同、已公布的「使用维修资金」议题;人数和面积按公布的结果登记,一个议题只用一次。</p>
          <RowsTable label="表决结果" rows={list.data.rows} row_key="motion_id" empty="" columns={[{ key: 'motion_title', title: '议题', width: 200, show: (r) => <Go to={`/votes/${r.poll_id}`}>{r.motion_title}</Go> }, { key: 'voted_on', title: '表决日', width: 105 }, { key: 'passed', title: '结果', width: 75, show: (r) => (r.passed ? '通过' : '未通过') }, { key: 'sentence', title: '怎样算出', width: 320 }, { key: 'act', title: '操作', width: 80, show: (r) => <Button size="small" type="primary" loading={record.running} onClick={() => void record.run({ use_id, motion_id: r.motion_id }, r.motion_id).then((a) => { if (a) setOpen(false) })}>选用</Button> }]} />
        </Modal>
      ) : null}
    </>
  )
}
