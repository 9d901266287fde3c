import { Go } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { care } from '../contract.ts'
import { TONE, said } from '../shown.ts'
import { words } from '../words.ts'

const SHOWN = 50
/** 投诉 of a house, in its file. */
export function HouseComplaints({ house_id }: { house_id: string }) {
  const list = useRead(care.complaints, { house_id, page: 1, page_size: SHOWN })
  if (list.error) return <ErrorBlock error={list.error} retry={list.retry} />
  if (list.loading || !list.data) return <LoadingBlock />
  return (
    <div className="hy-stack">
      <RowsTable
        label="投诉" rows={list.data.rows} row_key="complaint_id" empty="没有投诉建议"
        columns={[
          { key: 'no', title: '编号', width: 130, show: (r) => <Go to={`/care/complaints/${r.complaint_id}`}>{r.no}</Go> }, { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states?.['state']} tones={TONE} /> }, { key: 'nature', title: '性质', width: 60, show: (r) => said('nature', r.nature) }, { key: 'kind', title: '类别', width: 120 }, { key: 'words', title: '内容', width: 240 },
          { key: 'assignee_name', title: '处理人', width: 90 }, { key: 'created_at', title: '登记时间', width: 140 }, { key: 'satisfaction', title: '满意', width: 60, show: (r) => (r.satisfaction ? `${r.satisfaction} 分` : '—') },
        ]}
      />
      {list.data.total > SHOWN ? <Go to={`/care/complaints?house_id=${house_id}`}>全部 {list.data.total} 件</Go> : null}
    </div>
  )
}
